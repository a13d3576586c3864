import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { alerts } from '#db/schema/alerts.ts';
import { memberships } from '#db/schema/members.ts';
import { contactMethods, personalNotificationRules } from '#db/schema/notifications.ts';
import { escalationPolicies } from '#db/schema/on-call.ts';
import { execute } from '#lib/command/define-command.ts';
import { updatePolicy } from '#lib/on-call/policy-verbs.ts';
import { commandContext, userActor } from '#lib/testing/command-context.ts';
import { makeMember } from '#lib/testing/factories.ts';
import { onCallWorld, stepFor } from '#lib/testing/on-call-world.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { enterEscalationSteps } from './enter-escalation-steps.ts';
import { escalateFailedSteps } from './escalate-now.ts';

const MONDAY_NOON = '2026-01-05T12:00:00Z';

let world: World;
let team: Awaited<ReturnType<typeof onCallWorld>>;
beforeAll(async () => {
  world = await createWorld();
});
beforeEach(async () => {
  team = await onCallWorld(world, MONDAY_NOON);
});
afterAll(() => world.close());

const setStatus = (id: string, status: 'active' | 'acknowledged') =>
  world.db.update(alerts).set({ status }).where(eq(alerts.id, id));
/** Rules of a person: by one way of their own, after these minutes. */
async function rulesOf(userId: string, ...minutes: number[]) {
  const [method] = await world.db
    .insert(contactMethods)
    .values({ userId, kind: 'webhook', name: 'phone', address: 'https://sms.example.test' })
    .returning();
  await world.db.insert(personalNotificationRules).values(
    minutes.map((delayMinutes) => ({
      userId,
      importance: 'urgent' as const,
      delayMinutes,
      contactMethodId: method?.id ?? '',
    })),
  );
}
async function escalating(steps: Parameters<typeof team.policy>[0], repeat = 0) {
  const alert = await team.alert();
  const policyId = await team.policy(steps, repeat);
  await team.start(alert.id, policyId);
  return { id: alert.id, policyId };
}

test('alerting S79: each step comes after the delay of the one before, while the alert is active', async () => {
  const [anna, boris] = [await team.person('anna'), await team.person('boris')];
  const { id } = await escalating([stepFor([anna.id], { delayMinutes: 5 }), stepFor([boris.id])], 1);
  const seen: string[][] = [];
  for (const minutes of [0, 4, 1, 4, 1, 5, 60]) {
    await team.pass(minutes);
    await team.cycle();
    seen.push(await team.told(id));
  }
  const names = ['anna', 'boris', 'anna', 'boris'];
  expect(seen.map((told) => told.length)).toEqual([1, 1, 2, 2, 3, 4, 4]);
  expect(seen.at(-1)).toEqual(names);
  expect(await team.timeline(id)).toEqual([...names.map(() => 'escalated'), 'escalation_exhausted']);
});

test('alerting S74: an acknowledgement stops steps, waiting pages and what waits in the outbox at once', async () => {
  const [anna, boris] = [await team.person('anna'), await team.person('boris')];
  await rulesOf(anna.id, 0, 1, 2);
  const { id } = await escalating([stepFor([anna.id], { delayMinutes: 1 }), stepFor([boris.id])]);
  await team.cycle();
  expect(await team.told(id)).toEqual(['anna']);
  await setStatus(id, 'acknowledged');
  await team.stop(id);
  await team.pass(30);
  await team.cycle();
  expect(await team.told(id)).toEqual([]);
  const states = await world.sql`select distinct state from pages where alert_id = ${id} order by 1`;
  expect(states.map(({ state }) => state)).toEqual(['cancelled', 'handed_over']);
});

test('alerting S75: a page whose alert turned quiet before it was due is dropped with the reason', async () => {
  const anna = await team.person('anna');
  await rulesOf(anna.id, 1);
  const { id } = await escalating([stepFor([anna.id]), stepFor([anna.id])]);
  await team.cycle();
  await setStatus(id, 'acknowledged');
  await team.pass(2);
  await team.cycle();
  const pages = await world.sql`select state, cancel_reason from pages where alert_id = ${id}`;
  expect(pages).toMatchObject([{ state: 'cancelled', cancel_reason: 'acknowledged' }]);
  await team.pass(10);
  await team.cycle();
  const [escalation] = await world.sql`select state, stop_reason from escalations where alert_id = ${id}`;
  expect(escalation).toMatchObject({ state: 'stopped', stop_reason: 'acknowledged' });
  expect(await team.told(id)).toEqual([]);
});

test('alerting S76: an alert that became more severe pages again, from the first step', async () => {
  const [anna, boris] = [await team.person('anna'), await team.person('boris')];
  const { id, policyId } = await escalating([stepFor([anna.id]), stepFor([boris.id])]);
  await team.cycle();
  await setStatus(id, 'acknowledged');
  await team.stop(id);
  await setStatus(id, 'active');
  await team.start(id, policyId);
  await team.cycle();
  expect(await team.told(id)).toEqual(['anna']);
  await team.pass(5);
  await team.cycle();
  expect(await team.told(id)).toEqual(['anna', 'boris']);
});

test('alerting S78: beginning again drops what the earlier round still had to say', async () => {
  const anna = await team.person('anna');
  await rulesOf(anna.id, 0, 3);
  const { id, policyId } = await escalating([stepFor([anna.id])]);
  await team.cycle();
  await team.start(id, policyId);
  await team.cycle();
  const pages = await world.sql`
    select state, count(*)::int as n from pages where alert_id = ${id} group by 1 order by 1`;
  expect(pages).toMatchObject([
    { state: 'cancelled', n: 1 },
    { state: 'handed_over', n: 2 },
    { state: 'waiting', n: 1 },
  ]);
});

test('alerting S80: nobody on call is written down and the next step follows in the same cycle', async () => {
  const boris = await team.person('boris');
  const left = await team.person('left');
  await world.db.delete(memberships).where(eq(memberships.userId, left.id));
  const empty = await team.schedule([]);
  const { id } = await escalating([
    { ...stepFor([]), targets: [{ kind: 'schedule', id: empty }] },
    stepFor([left.id]),
    stepFor([boris.id]),
  ]);
  await team.cycle();
  expect(await team.told(id)).toEqual(['boris']);
  expect((await team.timeline(id)).slice(0, 3)).toEqual(['nobody_on_call', 'nobody_on_call', 'escalated']);
});

test('alerting S80: a policy that reaches nobody tells the administrators of the team', async () => {
  const admin = await makeMember(world, team.teamId, 'admin', { name: 'admin' });
  const empty = await team.schedule([]);
  const { id } = await escalating([{ ...stepFor([]), targets: [{ kind: 'schedule', id: empty }] }]);
  await team.cycle();
  expect(await team.told(id)).toEqual([admin.name]);
});

test('alerting S81: a step outside its hours is entered when they begin, by whichever worker runs then', async () => {
  const anna = await team.person('anna');
  const hours = { timeZone: 'Europe/Berlin', windows: [{ weekdays: [2], from: '09:00', to: '17:00' }] };
  const { id } = await escalating([stepFor([anna.id], { hours })]);
  await team.cycle();
  await team.pass(19 * 60 + 59);
  await team.cycle();
  expect(await team.told(id)).toEqual([]);
  await team.pass(1);
  await team.cycle();
  expect(await team.told(id)).toEqual(['anna']);
  expect(await team.timeline(id)).toEqual(['escalation_paused', 'escalated', 'escalation_exhausted']);
});

test('alerting S81: an edit of the hours of a paused step holds at once, a later beginning and an earlier one', async () => {
  const anna = await team.person('anna');
  const during = (from: string) => ({ timeZone: 'UTC', windows: [{ weekdays: [1, 2], from, to: '23:00' }] });
  const { id, policyId } = await escalating([stepFor([anna.id], { hours: during('20:00') })]);
  const edit = (from: string | null) =>
    execute(commandContext(world), userActor(team.teamId, 'developer', { userId: anna.id }), updatePolicy, {
      id: policyId,
      steps: [stepFor([anna.id], { hours: from === null ? null : during(from) })],
    });
  await team.cycle();
  await edit('22:00');
  await team.pass(8 * 60);
  await team.cycle();
  expect(await team.told(id)).toEqual([]);
  await edit('19:00');
  await team.cycle();
  expect(await team.told(id)).toEqual(['anna']);
});

test('alerting S82: an edit of a policy brings no step forward that only waits for its delay', async () => {
  const [anna, boris] = [await team.person('anna'), await team.person('boris')];
  const { id, policyId } = await escalating([stepFor([anna.id]), stepFor([boris.id])]);
  await team.cycle();
  await execute(
    commandContext(world),
    userActor(team.teamId, 'developer', { userId: anna.id }),
    updatePolicy,
    {
      id: policyId,
      steps: [stepFor([anna.id]), stepFor([boris.id, anna.id])],
    },
  );
  await team.cycle();
  expect(await team.told(id)).toEqual(['anna']);
});

test('alerting S82: an alert at a step that was deleted goes on at the first', async () => {
  const [anna, boris] = [await team.person('anna'), await team.person('boris')];
  const { id, policyId } = await escalating([stepFor([anna.id]), stepFor([boris.id])]);
  await team.cycle();
  await world.db
    .update(escalationPolicies)
    .set({ steps: [stepFor([boris.id])] })
    .where(eq(escalationPolicies.id, policyId));
  await team.pass(5);
  await team.cycle();
  expect(await team.told(id)).toEqual(['anna', 'boris']);
});

test('alerting S85: who takes over in the middle of an alert is told when a step is entered, not before', async () => {
  const [anna, boris] = [await team.person('anna'), await team.person('boris')];
  const rotation = {
    name: 'primary',
    participants: [anna.id, boris.id],
    startsAt: '2026-01-05T00:00',
    endsAt: null,
    shift: { unit: 'hours' as const, length: 13 },
    restrictions: [],
  };
  const onCall = await team.schedule([rotation]);
  const step = {
    ...stepFor([], { delayMinutes: 120 }),
    targets: [{ kind: 'schedule' as const, id: onCall }],
  };
  const { id } = await escalating([step], 1);
  await team.cycle();
  await team.pass(119);
  await team.cycle();
  expect(await team.told(id)).toEqual(['anna']);
  await team.pass(1);
  await team.cycle();
  expect(await team.told(id)).toEqual(['anna', 'boris']);
});

test('alerting S87: after an outage longer than several delays one way carries one message of an alert', async () => {
  const anna = await team.person('anna');
  await rulesOf(anna.id, 1, 2, 5, 10);
  const first = await escalating([stepFor([anna.id], { delayMinutes: 60 })]);
  const second = await escalating([stepFor([anna.id], { delayMinutes: 60 })]);
  await team.cycle();
  await team.pass(30);
  await team.cycle();
  expect([await team.told(first.id), await team.told(second.id)]).toEqual([['anna'], ['anna']]);
  const messages = await world.sql`select alert_ids from notifications where team_id = ${team.teamId}`;
  expect(messages).toHaveLength(2);
  await team.cycle();
  expect(await team.told(first.id)).toEqual(['anna']);
});

test('alerting S86: a storm of alerts is one message for a person, and no page is missing from it', async () => {
  const anna = await team.person('anna');
  const policyId = await team.policy([stepFor([anna.id])]);
  const ids: string[] = [];
  for (let i = 0; i < 20; i++) ids.push((await team.alert()).id);
  for (const id of ids) await team.start(id, policyId);
  await team.cycle();
  const sent = await world.sql<{ alert_ids: string[] }[]>`
    select alert_ids from notifications where team_id = ${team.teamId}`;
  expect(sent).toHaveLength(1);
  expect(sent[0]?.alert_ids.toSorted()).toEqual(ids.toSorted());
  const [waiting] =
    await world.sql`select count(*)::int as n from pages where notification_id is null and team_id = ${team.teamId}`;
  expect(waiting?.n).toBe(0);
});

test('ten workers at once enter a step once and hand a page over once', async () => {
  const anna = await team.person('anna');
  const { id } = await escalating([stepFor([anna.id])]);
  await Promise.all(Array.from({ length: 10 }, () => team.cycle()));
  await team.cycle();
  expect(await team.told(id)).toEqual(['anna']);
  expect(await team.timeline(id)).toEqual(['escalated', 'escalation_exhausted']);
});

test('alerting S74: whichever of an acknowledgement and a cycle is first, nothing is left to be sent', async () => {
  const anna = await team.person('anna');
  await rulesOf(anna.id, 0, 1);
  for (let round = 0; round < 10; round++) {
    const { id } = await escalating([stepFor([anna.id], { delayMinutes: 1 })], -1);
    const acknowledge = world.db
      .transaction((tx) => tx.update(alerts).set({ status: 'acknowledged' }).where(eq(alerts.id, id)))
      .then(() => team.stop(id));
    await Promise.all([acknowledge, team.cycle(), team.cycle()]);
    await team.pass(3);
    await team.cycle();
    expect(await team.told(id)).toEqual([]);
    const left = await world.sql`select from pages where alert_id = ${id} and state = 'waiting'`;
    expect(left).toHaveLength(0);
  }
});

test('a channel of a step is told, and everybody by e-mail who never said how', async () => {
  const anna = await team.person('anna');
  const channelId = await team.channel();
  const { id } = await escalating([
    {
      ...stepFor([anna.id]),
      targets: [
        { kind: 'user', id: anna.id },
        { kind: 'channel', id: channelId },
      ],
    },
  ]);
  await team.cycle();
  const sent = await world.sql`
    select kind, channel_id, user_id, priority from notifications
    where id in (select notification_id from notification_alerts where alert_id = ${id}) order by kind`;
  expect(sent).toMatchObject([
    { kind: 'email', user_id: anna.id, priority: 0 },
    { kind: 'webhook', channel_id: channelId },
  ]);
});

test('alerting S93: when every message of a step failed the next step follows at once, and not before', async () => {
  const [anna, boris] = [await team.person('anna'), await team.person('boris')];
  const channelId = await team.channel();
  const first = stepFor([anna.id], { delayMinutes: 30 });
  const targets = [...first.targets, { kind: 'channel' as const, id: channelId }];
  const { id } = await escalating([{ ...first, targets }, stepFor([boris.id])]);
  const fail = async (kind: string) => {
    await world.sql`update notifications set status = 'failed' where team_id = ${team.teamId} and kind = ${kind}`;
    await world.db.transaction((tx) => escalateFailedSteps(tx, [id]));
    await team.cycle();
  };
  await team.cycle();
  await fail('email');
  expect(await team.told(id)).not.toContain('boris');
  await fail('webhook');
  expect(await team.told(id)).toContain('boris');
  expect(await team.timeline(id)).toEqual([
    'escalated',
    'escalation_hurried',
    'escalated',
    'escalation_exhausted',
  ]);
});

/** Lets every message that was made so far fail for good. */
async function failAll(id: string) {
  await world.sql`update notifications set status = 'failed' where team_id = ${team.teamId}`;
  await world.db.transaction((tx) => escalateFailedSteps(tx, [id]));
  await team.cycle();
}

test('alerting S93: when the last step fails the administrators are told at once, and only once', async () => {
  const [anna] = [
    await team.person('anna'),
    await makeMember(world, team.teamId, 'admin', { name: 'chief' }),
  ];
  const { id } = await escalating([stepFor([anna.id], { delayMinutes: 30 })]);
  await team.cycle();
  expect(await team.told(id)).toEqual(['anna']);
  await failAll(id);
  expect(await team.told(id)).toEqual(['anna', 'chief']);
  await failAll(id);
  await team.pass(60);
  await failAll(id);
  expect(await team.told(id)).toEqual(['anna', 'chief']);
  expect(await team.timeline(id)).toEqual(['escalated', 'escalation_exhausted', 'escalated']);
});

test('alerting S93: an acknowledged alert whose last step fails afterwards calls nobody', async () => {
  const [anna] = [
    await team.person('anna'),
    await makeMember(world, team.teamId, 'admin', { name: 'chief' }),
  ];
  const { id } = await escalating([stepFor([anna.id])]);
  await team.cycle();
  await setStatus(id, 'acknowledged');
  await failAll(id);
  expect(await team.told(id)).toEqual(['anna']);
  expect(await team.timeline(id)).toEqual(['escalated', 'escalation_exhausted']);
});

test('alerting S93: a policy without end whose messages all fail calls the administrators once a round, and does not spin', async () => {
  const [anna] = [
    await team.person('anna'),
    await makeMember(world, team.teamId, 'admin', { name: 'chief' }),
  ];
  const { id } = await escalating([stepFor([anna.id], { delayMinutes: 5 })], -1);
  await team.cycle();
  for (let i = 0; i < 4; i++) await failAll(id);
  expect(await team.told(id)).toEqual(['anna', 'chief']);
  await team.pass(5);
  await team.cycle();
  await failAll(id);
  expect(await team.told(id)).toEqual(['anna', 'chief', 'anna', 'chief']);
});

test('an escalation that cannot be stepped holds up no other, and is tried again', async () => {
  const anna = await team.person('anna');
  const [bad, good] = [await escalating([stepFor([anna.id])]), await escalating([stepFor([anna.id])])];
  await world.ownerSql.unsafe(`
    create function refuse_page() returns trigger language plpgsql as $$ begin raise 'no'; end $$;
    create trigger refuse before insert on pages for each row when (new.alert_id = '${bad.id}')
      execute function refuse_page();`);
  expect((await enterEscalationSteps(world.db)).errors).toHaveLength(1);
  await team.cycle();
  expect([await team.told(bad.id), await team.told(good.id)]).toEqual([[], ['anna']]);
  await world.ownerSql.unsafe('drop trigger refuse on pages; drop function refuse_page()');
  await team.pass(1);
  await team.cycle();
  expect(await team.told(bad.id)).toEqual(['anna']);
});

import { eq, inArray } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { alertEvents, alerts, silences } from '#db/schema/alerts.ts';
import { alertGroups, alertRoutes, notifications } from '#db/schema/notifications.ts';
import { escalationPolicies, escalations } from '#db/schema/on-call.ts';
import type { UserActor } from '#lib/access/actor.ts';
import { listSilences } from '#lib/alerts/quiet/queries.ts';
import { createInhibitionRule } from '#lib/alerts/quiet/set-inhibition.ts';
import { createMaintenanceWindow } from '#lib/alerts/quiet/set-maintenance.ts';
import { createSilence, expireSilence, updateSilence } from '#lib/alerts/quiet/set-silence.ts';
import { execute } from '#lib/command/define-command.ts';
import { ask } from '#lib/command/define-query.ts';
import type { LabelMatcher } from '#lib/model/alert.ts';
import type { Finding } from '#lib/model/alert-finding.ts';
import { flushGroups } from '#lib/notifications/flush-groups.ts';
import { applyFindings } from '#lib/pipeline/raise/apply-findings.ts';
import { makeFinding } from '#lib/testing/alert-factory.ts';
import { type GroupReceiver, startGroupReceiver, travelTo, untilBlocked } from '#lib/testing/alert-world.ts';
import { commandContext, userActor } from '#lib/testing/command-context.ts';
import { makeMember, makeTeam } from '#lib/testing/factories.ts';
import { makeChannel } from '#lib/testing/notifications.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { groupLoop } from '#worker/loops/groups.ts';
import { refreshMutes } from './refresh-mutes.ts';

const T0 = Date.UTC(2026, 10, 22, 12);
const at = (seconds: number): Date => new Date(T0 + seconds * 1000);
let world: World;
let teamId: string;
let actor: UserActor;
let context: ReturnType<typeof commandContext>;
let told: GroupReceiver;
beforeAll(async () => {
  world = await createWorld();
  context = commandContext(world);
  told = await startGroupReceiver(world);
});
beforeEach(async () => {
  await world.db.delete(alertGroups);
  teamId = (await makeTeam(world)).id;
  const person = await makeMember(world, teamId, 'developer');
  actor = userActor(teamId, 'developer', { userId: person.id, name: 'Ada' });
  const steps = [{ targets: [{ kind: 'user', id: person.id }], delayMinutes: 5, hours: null }];
  const [policy] = await world.db.insert(escalationPolicies).values({ teamId, name: 'p', steps }).returning();
  const channelIds = [(await told.channel(teamId)).id];
  await world.db
    .insert(alertRoutes)
    .values({ teamId, position: 1, name: 'all', channelIds, escalationPolicyId: policy?.id });
  await travelTo(world, at(0));
});
afterAll(async () => {
  await told.close();
  await world.close();
});

const is = (name: string, value: string): LabelMatcher => ({ name, operator: '=', value });
const slow = (values: Partial<Finding> = {}) =>
  makeFinding({ labels: { alertname: 'Slow' }, startsAt: at(0), ...values });

async function apply(seconds: number, ...findings: Finding[]): Promise<string> {
  await travelTo(world, at(seconds));
  const done = await world.db.transaction((tx) => applyFindings(tx, teamId, findings, at(seconds)));
  return done.changed[0]?.alertId ?? '';
}

async function tick(seconds: number): Promise<{ reason: string; text: string }[]> {
  await travelTo(world, at(seconds));
  await refreshMutes(world.db, context.bus);
  await flushGroups(world.db);
  const sent = await told.deliver(teamId);
  return sent.map(({ reason, message }) => ({ reason, text: message.text }));
}

const silence = (seconds: number, matchers: LabelMatcher[], more: object = {}) =>
  execute(context, actor, createSilence, {
    matchers,
    endsAt: at(seconds).getTime(),
    comment: 'deploy',
    ...more,
  });
const alertOf = async (id: string) => (await world.db.select().from(alerts).where(eq(alerts.id, id)))[0];
const stateOf = async (id: string) =>
  (await world.db.select().from(escalations).where(eq(escalations.alertId, id)))[0]?.state;

test('alerting S50: a silence that would match everything is refused, one that ended before too; a start in the past is now', async () => {
  const everything = [{ name: 'alertname', operator: '=~', value: '.*' } as const];
  await expect(silence(60, everything)).rejects.toMatchObject({ code: 'invalid' });
  await expect(silence(60, [is('absent', '')])).rejects.toMatchObject({ code: 'invalid' });
  await expect(silence(-1, [is('alertname', 'Slow')])).rejects.toMatchObject({ code: 'invalid' });
  await expect(silence(367 * 86_400, [is('alertname', 'Slow')])).rejects.toMatchObject({
    issues: [{ path: 'endsAt', message: 'A silence lasts at most a year.' }],
  });
  await silence(60, [is('alertname', 'Slow')], { startsAt: at(-600).getTime() });
  expect(await ask(context, actor, listSilences, {})).toMatchObject({
    items: [{ startsAt: at(0).getTime(), state: 'active', createdBy: 'Ada' }],
  });
});

test('alerting S51: extending keeps the id, other matchers make a new silence; expiring twice is one, and it stays visible 5 days', async () => {
  const matchers = [is('alertname', 'Slow')];
  const { id } = await silence(600, matchers);
  const change = (values: object) =>
    execute(context, actor, updateSilence, {
      id,
      matchers,
      endsAt: at(900).getTime(),
      comment: 'deploy',
      ...values,
    });
  expect(await change({})).toEqual({ id });
  expect(await ask(context, actor, listSilences, {})).toMatchObject({
    items: [{ id, endsAt: at(900).getTime(), state: 'active' }],
  });
  const other = await change({ matchers: [is('alertname', 'Other')] });
  expect(other.id).not.toBe(id);
  const rows = await world.db.select().from(silences).where(eq(silences.teamId, teamId));
  expect(rows.find((row) => row.id === id)).toMatchObject({ endsAt: at(0), matchers });
  expect(rows.find((row) => row.id === other.id)).toMatchObject({
    endsAt: at(900),
    matchers: [is('alertname', 'Other')],
  });
  await travelTo(world, at(10));
  for (const _ of [1, 2]) await execute(context, actor, expireSilence, { id: other.id });
  const listed = async () => (await ask(context, actor, listSilences, {})).items;
  expect(await listed()).toMatchObject([{ endsAt: at(10).getTime(), state: 'expired' }, { id }]);
  await travelTo(world, at(5 * 86_400 + 11));
  expect(await listed()).toEqual([]);
});

test('alerting S52: silencing a firing alert sends nothing, and when it ends in silence nothing is sent either', async () => {
  const id = await apply(0, slow());
  expect(await tick(30)).toMatchObject([{ reason: 'first' }]);
  await silence(3600, [is('alertname', 'Slow')]);
  expect(await tick(330)).toEqual([]);
  expect(await stateOf(id)).toBe('stopped');
  expect(await alertOf(id)).toMatchObject({ suppressedBy: [{ kind: 'silence', name: 'deploy (by Ada)' }] });
  await apply(400, slow({ firing: false, endsAt: at(400) }));
  expect(await tick(630)).toEqual([]);
  expect(await tick(3700)).toEqual([]);
});

test('alerting S53: when a silence expires and the alert still fires, the message says whose silence it was', async () => {
  await silence(600, [is('alertname', 'Slow')]);
  const id = await apply(10, slow());
  expect(await tick(40)).toEqual([]);
  expect(await stateOf(id)).toBeUndefined();
  expect(await tick(600)).toEqual([
    { reason: 'silence_expired', text: 'Silence "deploy (by Ada)" expired.' },
  ]);
  expect(await stateOf(id)).toBe('running');
  expect(await tick(900)).toEqual([]);
});

test('alerting S53: an alert that is being raised while its silence ends is heard all the same', async () => {
  await silence(60, [is('alertname', 'Slow')]);
  await travelTo(world, at(59));
  await refreshMutes(world.db, context.bus);
  const raised = await world.db.transaction(async (tx) => {
    const { changed } = await applyFindings(tx, teamId, [slow({ startsAt: at(59) })], at(59));
    await travelTo(world, at(61));
    const look = refreshMutes(world.db, context.bus);
    await untilBlocked(world, look);
    return { id: changed[0]?.alertId ?? '', look };
  });
  await raised.look;
  expect(await tick(92)).toMatchObject([{ reason: 'silence_expired' }]);
  expect(await alertOf(raised.id)).toMatchObject({ suppressedBy: [] });
  expect(await stateOf(raised.id)).toBe('running');
});

test('alerting S55: an alert that is being raised while its silence begins is kept quiet, whichever is committed first', async () => {
  await silence(3600, [is('alertname', 'Slow')], { startsAt: at(60).getTime() });
  const raise = async (agent: string) => {
    const labels = { alertname: 'Slow', agent };
    return world.db.transaction(async (tx) => {
      const { changed } = await applyFindings(tx, teamId, [slow({ startsAt: at(59), labels })], at(59));
      await travelTo(world, at(61));
      const look = refreshMutes(world.db, context.bus);
      await untilBlocked(world, look);
      return { id: changed[0]?.alertId ?? '', look };
    });
  };
  await travelTo(world, at(59));
  const before = await raise('committed after the look began');
  await before.look;
  expect(await alertOf(before.id)).toMatchObject({ suppressedBy: [{ kind: 'silence' }] });
  const after = await raise('raised after the look');
  await after.look;
  expect(await tick(92)).toEqual([]);
  expect(await alertOf(after.id)).toMatchObject({ suppressedBy: [{ kind: 'silence' }] });
});

test('alerting S52, S76: a silence for warnings keeps nothing quiet that became critical, and does again once it fell', async () => {
  await silence(3600, [is('severity', 'warning')]);
  const id = await apply(0, slow());
  expect(await tick(30)).toEqual([]);
  await apply(40, slow({ severity: 'critical' }));
  expect(await alertOf(id)).toMatchObject({ suppressedBy: [] });
  expect(await stateOf(id)).toBe('running');
  expect(await tick(41)).toMatchObject([{ reason: 'first' }]);
  await apply(50, slow({ severity: 'warning' }));
  expect(await tick(51)).toEqual([]);
  expect(await alertOf(id)).toMatchObject({ suppressedBy: [{ kind: 'silence' }] });
  expect(await stateOf(id)).toBe('stopped');
});

test('alerting S54: a source that is one by its severity keeps its targets quiet no longer than it has that', async () => {
  await execute(context, actor, createInhibitionRule, {
    name: 'worse',
    source: [is('severity', 'critical')],
    target: [is('severity', 'warning')],
  });
  await apply(0, slow({ severity: 'critical' }));
  const target = await apply(1, makeFinding({ labels: { alertname: 'Costly' }, startsAt: at(1) }));
  await refreshMutes(world.db, context.bus);
  expect(await alertOf(target)).toMatchObject({ suppressedBy: [{ kind: 'inhibition' }] });
  await apply(20, slow({ severity: 'warning' }));
  await refreshMutes(world.db, context.bus);
  expect(await alertOf(target)).toMatchObject({ suppressedBy: [] });
  expect(await stateOf(target)).toBe('running');
});

test('alerting S54: a source that fires keeps its targets quiet where the labels are equal, and never itself', async () => {
  await execute(context, actor, createInhibitionRule, {
    name: 'gateway',
    source: [is('alertname', 'GatewayDown')],
    target: [{ name: 'alertname', operator: '=~', value: 'Slow|GatewayDown' }],
    equal: ['cluster'],
  });
  const inCluster = (alertname: string, cluster: string) =>
    makeFinding({ labels: { alertname, cluster }, startsAt: at(0) });
  const gateway = await apply(0, inCluster('GatewayDown', ''));
  const [same, other] = [await apply(1, inCluster('Slow', '')), await apply(1, inCluster('Slow', 'b'))];
  await refreshMutes(world.db, context.bus);
  expect(await alertOf(gateway)).toMatchObject({ suppressedBy: [] });
  expect(await alertOf(same)).toMatchObject({ suppressedBy: [{ kind: 'inhibition', name: 'gateway' }] });
  expect(await alertOf(other)).toMatchObject({ suppressedBy: [] });
  await apply(20, { ...inCluster('GatewayDown', ''), firing: false, endsAt: at(20) });
  await refreshMutes(world.db, context.bus);
  expect(await alertOf(same)).toMatchObject({ suppressedBy: [] });
});

test('alerting S55: a worker that was away while a silence began looks at it before it tells anybody', async () => {
  const id = await apply(0, slow());
  await silence(3600, [is('alertname', 'Slow')], { startsAt: at(10).getTime() });
  await travelTo(world, at(40));
  await groupLoop({ db: world.db, bus: context.bus }).step(new AbortController().signal);
  expect(await told.deliver(teamId)).toEqual([]);
  expect(await alertOf(id)).toMatchObject({ suppressedBy: [{ kind: 'silence' }] });
});

test('alerting S55: a source that comes after its target keeps it quiet before the first message goes out', async () => {
  await execute(context, actor, createInhibitionRule, {
    name: 'gateway',
    source: [is('alertname', 'GatewayDown')],
    target: [is('alertname', 'Slow')],
  });
  await apply(0, slow());
  await apply(1, makeFinding({ labels: { alertname: 'GatewayDown' }, startsAt: at(1) }));
  await tick(31);
  const told = await world.db.select().from(notifications).where(eq(notifications.teamId, teamId));
  expect(told.map(({ message }) => message.title)).toEqual(['GatewayDown']);
});

test('alerting S55: a team whose mutes cannot be looked at is told nothing yet, and keeps no other waiting', async () => {
  await apply(0, slow());
  await silence(3600, [is('alertname', 'Slow')]);
  const other = (await makeTeam(world)).id;
  const channelIds = [(await makeChannel(world, other)).id];
  await world.db.insert(alertRoutes).values({ teamId: other, position: 1, name: 'all', channelIds });
  await world.db.transaction((tx) => applyFindings(tx, other, [slow()], at(0)));
  await world.ownerSql.unsafe(`
    create function refuse() returns trigger language plpgsql as $$ begin raise 'no'; end $$;
    create trigger refuse before update on alerts for each row when (new.team_id = '${teamId}')
      execute function refuse();`);
  await travelTo(world, at(30));
  const { step } = groupLoop({ db: world.db, bus: context.bus });
  await expect(step(new AbortController().signal)).rejects.toThrow('the mutes of 1 teams');
  await world.ownerSql.unsafe('drop trigger refuse on alerts; drop function refuse()');
  const ofBoth = inArray(notifications.teamId, [teamId, other]);
  const told = async () =>
    (await world.db.select().from(notifications).where(ofBoth)).map((row) => row.teamId);
  expect(await told()).toEqual([other]);
  await step(new AbortController().signal);
  expect(await told()).toEqual([other]);
});

test('alerting S56: after the last of overlapping windows an alert is heard again, told once and escalated from step 1', async () => {
  const window = (from: number, to: number) =>
    execute(context, actor, createMaintenanceWindow, {
      name: `until ${to}`,
      matchers: [is('alertname', 'Slow')],
      timeZone: 'Europe/Berlin',
      when: { kind: 'once', startsAt: at(from).getTime(), endsAt: at(to).getTime() },
    });
  await window(0, 300);
  await window(200, 900);
  const id = await apply(10, slow());
  expect(await tick(40)).toEqual([]);
  expect(await tick(310)).toEqual([]);
  expect(await alertOf(id)).toMatchObject({ suppressedBy: [{ kind: 'maintenance', name: 'until 900' }] });
  expect(await tick(900)).toMatchObject([{ reason: 'maintenance_ended' }]);
  expect(await stateOf(id)).toBe('running');
  expect(await tick(1300)).toEqual([]);
});

test('alerting S57: what ends during maintenance is resolved, and the timeline says why it was quiet', async () => {
  await execute(context, actor, createMaintenanceWindow, {
    name: 'night',
    matchers: [is('alertname', 'Slow')],
    timeZone: 'UTC',
    when: { kind: 'recurring', intervals: [{ times: [{ from: '12:00', to: '13:00' }] }] },
  });
  const id = await apply(10, slow());
  await apply(20, slow({ firing: false, endsAt: at(20) }));
  expect(await alertOf(id)).toMatchObject({ status: 'resolved' });
  const kinds = await world.db.select().from(alertEvents).where(eq(alertEvents.alertId, id));
  expect(kinds.map(({ kind }) => kind).sort()).toEqual(['opened', 'resolved', 'suppressed']);
});

test('alerts that are raised while the mutes are looked at do not wait for each other in a circle', async () => {
  await travelTo(world, null);
  await execute(context, actor, createInhibitionRule, {
    name: 'storm',
    source: [is('alertname', 'Storm0')],
    target: [{ name: 'alertname', operator: '=~', value: 'Storm[1-3]' }],
  });
  const now = Date.now();
  const storm = (round: number) =>
    Array.from({ length: 40 }, (_, i) =>
      makeFinding({
        labels: { alertname: `Storm${i % 4}`, agent: `${i}` },
        startsAt: new Date(now - 60_000),
        severity: round % 2 === 0 ? 'warning' : 'critical',
        firing: round % 5 !== 4,
      }),
    );
  const raise = (round: number) =>
    world.db.transaction((tx) => applyFindings(tx, teamId, storm(round), new Date(now + round)));
  const look = async () => {
    const [error] = (await refreshMutes(world.db, context.bus)).values();
    if (error !== undefined) throw error;
  };
  const work = Array.from({ length: 15 }, (_, round) => [raise(round), look(), flushGroups(world.db)]).flat();
  expect((await Promise.allSettled(work)).filter(({ status }) => status === 'rejected')).toEqual([]);
});

test('security Z11: silences, maintenance and inhibitions of one team leave the same alert of another team loud', async () => {
  const own = await apply(0, slow());
  const otherTeam = (await makeTeam(world)).id;
  const done = await world.db.transaction((tx) => applyFindings(tx, otherTeam, [slow()], at(0)));
  const others = done.changed[0]?.alertId ?? '';
  await silence(3600, [is('alertname', 'Slow')]);
  await execute(context, actor, createMaintenanceWindow, {
    name: 'deploy',
    matchers: [is('alertname', 'Slow')],
    timeZone: 'UTC',
    when: { kind: 'once', startsAt: at(0).getTime(), endsAt: at(3600).getTime() },
  });
  await execute(context, actor, createInhibitionRule, {
    name: 'worse elsewhere',
    source: [is('alertname', 'Down')],
    target: [is('alertname', 'Slow')],
  });
  await apply(0, makeFinding({ labels: { alertname: 'Down' }, startsAt: at(0) }));
  await refreshMutes(world.db, context.bus);
  expect((await alertOf(own))?.suppressedBy).toHaveLength(3);
  expect(await alertOf(others)).toMatchObject({ suppressedBy: [], status: 'active' });
});

test('security Z11: nobody changes or ends what keeps the alerts of another team quiet', async () => {
  const { id } = await silence(3600, [is('alertname', 'Slow')]);
  const stranger = userActor((await makeTeam(world)).id, 'admin');
  await expect(execute(context, stranger, expireSilence, { id })).rejects.toMatchObject({
    code: 'not_found',
  });
  const values = { matchers: [is('alertname', 'Slow')], endsAt: at(9).getTime(), comment: 'mine' };
  await expect(execute(context, stranger, updateSilence, { id, ...values })).rejects.toMatchObject({
    code: 'not_found',
  });
  expect((await ask(context, stranger, listSilences, {})).items).toEqual([]);
});

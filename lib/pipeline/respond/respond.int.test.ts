import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { alertEvents, alertSettings, alerts } from '#db/schema/alerts.ts';
import { alertRoutes } from '#db/schema/notifications.ts';
import { escalationPolicies, escalations } from '#db/schema/on-call.ts';
import type { UserActor } from '#lib/access/actor.ts';
import type { Permission } from '#lib/access/permissions.ts';
import { commentOnAlert, giveAlertFeedback } from '#lib/alerts/note-on-alert.ts';
import { createSilence } from '#lib/alerts/quiet/set-silence.ts';
import { listAuditRows } from '#lib/audit/queries.ts';
import { execute } from '#lib/command/define-command.ts';
import type { Finding } from '#lib/model/alert-finding.ts';
import { escalateFailedSteps } from '#lib/pipeline/escalate/escalate-now.ts';
import { handOverPages } from '#lib/pipeline/escalate/hand-over-pages.ts';
import { applyFindings } from '#lib/pipeline/raise/apply-findings.ts';
import { runAlertTimers } from '#lib/pipeline/raise/run-alert-timers.ts';
import { makeFinding } from '#lib/testing/alert-factory.ts';
import { travelTo } from '#lib/testing/alert-world.ts';
import { commandContext, userActor } from '#lib/testing/command-context.ts';
import { makeMember, makeTeam } from '#lib/testing/factories.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { alertTimerLoop } from '#worker/loops/alert-timers.ts';
import { acknowledgeAlert } from './acknowledge-alert.ts';
import { reassignAlert } from './reassign-alert.ts';
import { reopenAlert } from './reopen-alert.ts';
import { resolveAlert } from './resolve-alert.ts';
import { respondInBulk } from './respond-in-bulk.ts';
import { snoozeAlert } from './snooze-alert.ts';

const T0 = Date.UTC(2026, 10, 22, 12);
const at = (minutes: number): Date => new Date(T0 + minutes * 60_000);
let world: World;
let teamId: string;
let policyId: string;
let actor: UserActor;
let context: ReturnType<typeof commandContext>;
beforeAll(async () => {
  world = await createWorld();
  context = commandContext(world);
});
beforeEach(async () => {
  teamId = (await makeTeam(world)).id;
  actor = await member();
  const steps = [{ targets: [{ kind: 'user', id: actor.userId }], delayMinutes: 5, hours: null }];
  const [policy] = await world.db
    .insert(escalationPolicies)
    .values({ teamId, name: 'all', steps })
    .returning();
  policyId = policy?.id ?? '';
  await world.db
    .insert(alertRoutes)
    .values({ teamId, position: 1, name: 'all', escalationPolicyId: policyId });
});
afterAll(() => world.close());

async function member(role: 'developer' | 'viewer' = 'developer'): Promise<UserActor> {
  const { id, email, name } = await makeMember(world, teamId, role);
  return userActor(teamId, role, { userId: id, email, name });
}

async function apply(minutes: number, values: Partial<Finding> = {}): Promise<string> {
  await travelTo(world, at(minutes));
  const finding = makeFinding({ startsAt: at(minutes), ...values });
  const { changed } = await world.db.transaction((tx) => applyFindings(tx, teamId, [finding], at(minutes)));
  return changed[0]?.alertId ?? '';
}

const alertOf = async (id: string) =>
  (await world.db.select().from(alerts).where(eq(alerts.id, id)))[0] ?? expect.fail('no such alert');
const escalationOf = async (id: string) =>
  (await world.db.select().from(escalations).where(eq(escalations.alertId, id)))[0];
const timelineOf = async (id: string) =>
  (
    await world.db
      .select()
      .from(alertEvents)
      .where(eq(alertEvents.alertId, id))
      .orderBy(alertEvents.at, alertEvents.id)
  ).map(({ kind }) => kind);
const actions = async () => (await listAuditRows(world.db, teamId, 100)).map(({ action }) => action);

test('alerting S73: of 50 who acknowledge at once one has the alert; the others are noted, in the ledger too', async () => {
  const id = await apply(0);
  const people = await Promise.all(Array.from({ length: 50 }, () => member()));
  const answers = await Promise.all(
    people.map((person) => execute(context, person, acknowledgeAlert, { id })),
  );
  expect(answers.filter(({ first }) => first)).toHaveLength(1);
  const names = await actions();
  expect(names.filter((name) => name === 'alert.acknowledge')).toHaveLength(1);
  expect(names.filter((name) => name === 'alert.acknowledge-again')).toHaveLength(49);
  const kinds = await timelineOf(id);
  expect(kinds.filter((kind) => kind === 'acknowledged')).toHaveLength(1);
  expect(kinds.filter((kind) => kind === 'also_acknowledged')).toHaveLength(49);
  const winner = people[answers.findIndex(({ first }) => first)];
  const wonAt = (await alertOf(id)).acknowledgedAt?.getTime();
  for (const { first, settled } of answers)
    expect(settled).toEqual(first ? null : { by: winner?.name, at: wonAt });
  const again = await execute(context, winner ?? actor, acknowledgeAlert, { id });
  expect(again).toMatchObject({ first: false, settled: null });
  expect(await alertOf(id)).toMatchObject({ status: 'acknowledged', acknowledgedBy: winner?.userId });
});

test('alerting S72: an acknowledgement after the end is noted and changes nothing', async () => {
  const id = await apply(0);
  await apply(1, { firing: false, endsAt: at(1), startsAt: at(0) });
  const answer = await execute(context, actor, acknowledgeAlert, { id });
  expect(answer).toMatchObject({ status: 'resolved', first: false, settled: { by: null, at: +at(1) } });
  expect(await timelineOf(id)).toEqual(['opened', 'resolved', 'late_acknowledged']);
  expect(await actions()).toEqual(['alert.acknowledge-late']);
  expect(await alertOf(id)).toMatchObject({ status: 'resolved', acknowledgedBy: null });
});

test('alerting S74: acknowledging stops the escalation in the same moment, resolving does too', async () => {
  const [first, second] = [await apply(0), await apply(0, { labels: { alertname: 'Other' } })];
  expect(await escalationOf(first)).toMatchObject({ state: 'running', policyId });
  await execute(context, actor, acknowledgeAlert, { id: first });
  await execute(context, actor, resolveAlert, { id: second, note: 'not ours' });
  expect(await escalationOf(first)).toMatchObject({ state: 'stopped', stopReason: 'acknowledged' });
  expect(await escalationOf(second)).toMatchObject({ state: 'stopped', stopReason: 'resolved' });
  expect(await alertOf(second)).toMatchObject({ resolvedBy: actor.userId, resolveReason: 'by_hand' });
});

test('alerting S76: an acknowledged alert that fires on pages nobody, a higher severity pages anew', async () => {
  const id = await apply(0);
  await execute(context, actor, acknowledgeAlert, { id });
  await apply(1, { startsAt: at(0), value: 3 });
  expect(await escalationOf(id)).toMatchObject({ state: 'stopped', generation: 1 });
  await apply(2, { startsAt: at(0), severity: 'critical' });
  expect(await escalationOf(id)).toMatchObject({ state: 'running', generation: 2, step: 0 });
});

test('alerting S78: an acknowledgement that runs out makes the alert active again and escalates from step 1', async () => {
  await world.db.insert(alertSettings).values({ teamId, acknowledgementTimeoutMs: 30 * 60_000 });
  const id = await apply(0);
  await execute(context, actor, acknowledgeAlert, { id });
  await travelTo(world, at(29));
  expect(await runAlertTimers(world.db, context.bus)).toMatchObject({ done: 0 });
  await travelTo(world, at(30));
  expect(await runAlertTimers(world.db, context.bus)).toMatchObject({ done: 1, errors: [] });
  expect(await alertOf(id)).toMatchObject({ status: 'active', acknowledgedBy: null });
  expect(await escalationOf(id)).toMatchObject({ state: 'running', generation: 2, step: 0 });
  const told = await world.sql`select user_id from pages where alert_id = ${id} and state = 'waiting'`;
  expect(told).toMatchObject([{ user_id: actor.userId }]);
  expect(await timelineOf(id)).toContain('acknowledgement_expired');
});

test('alerting S78: a team whose alerts cannot be returned keeps no other waiting', async () => {
  const id = await apply(0);
  await execute(context, actor, snoozeAlert, { id, minutes: 1 });
  const stuck = teamId;
  teamId = (await makeTeam(world)).id;
  await world.db.transaction((tx) => applyFindings(tx, teamId, [makeFinding({ startsAt: at(0) })], at(0)));
  await world.sql`update alerts set status = 'acknowledged', snoozed_until = ${at(2).toISOString()} where team_id = ${teamId}`;
  await world.ownerSql.unsafe(`
    create function refuse() returns trigger language plpgsql as $$ begin raise 'no'; end $$;
    create trigger refuse before update on alerts for each row when (new.team_id = '${stuck}')
      execute function refuse();`);
  await travelTo(world, at(3));
  const { step } = alertTimerLoop({ db: world.db, bus: context.bus });
  await expect(step(new AbortController().signal)).rejects.toThrow('the timers of 1 teams');
  await world.ownerSql.unsafe('drop trigger refuse on alerts; drop function refuse()');
  const status = async (team: string) =>
    (await world.sql`select status from alerts where team_id = ${team}`).map((row) => row.status);
  expect([await status(stuck), await status(teamId)]).toEqual([['acknowledged'], ['active']]);
  await step(new AbortController().signal);
  expect(await status(stuck)).toEqual(['active']);
});

test('alerting S78: a snooze overrides the timeout of the acknowledgement, and reassigning cancels the snooze', async () => {
  await world.db.insert(alertSettings).values({ teamId, acknowledgementTimeoutMs: 10 * 60_000 });
  const [first, second] = [await apply(0), await apply(0, { labels: { alertname: 'Other' } })];
  const other = await member();
  for (const id of [first, second]) await execute(context, actor, snoozeAlert, { id, minutes: 60 });
  await execute(context, actor, reassignAlert, { id: second, userId: other.userId });
  expect(await alertOf(second)).toMatchObject({
    status: 'active',
    assigneeId: other.userId,
    snoozedUntil: null,
  });
  await travelTo(world, at(59));
  await runAlertTimers(world.db, context.bus);
  expect(await alertOf(first)).toMatchObject({ status: 'acknowledged', snoozedUntil: at(60) });
  await travelTo(world, at(60));
  await runAlertTimers(world.db, context.bus);
  expect(await alertOf(first)).toMatchObject({ status: 'active', snoozedUntil: null });
  expect(await escalationOf(first)).toMatchObject({ state: 'running', generation: 2 });
});

test('alerting S93: when no message reaches whom an alert was handed to, the administrators are told, once', async () => {
  const id = await apply(0);
  const other = await member();
  const admin = await makeMember(world, teamId, 'admin');
  await execute(context, actor, reassignAlert, { id, userId: other.userId });
  await handOverPages(world.db);
  for (const _ of [1, 2]) {
    await world.sql`update notifications set status = 'failed' where team_id = ${teamId}`;
    await world.db.transaction((tx) => escalateFailedSteps(tx, [id]));
    await handOverPages(world.db);
  }
  const paged = await world.sql`select user_id from pages where alert_id = ${id} order by id`;
  expect(paged.map(({ user_id }) => user_id)).toEqual([other.userId, admin.id]);
  expect(await timelineOf(id)).toEqual(['opened', 'reassigned', 'escalated']);
});

test('a resolved alert is reopened as a new occurrence that is linked to it, and escalates', async () => {
  const id = await apply(0);
  await expect(execute(context, actor, reopenAlert, { id })).rejects.toMatchObject({ code: 'conflict' });
  await execute(context, actor, resolveAlert, { id });
  const opened = await execute(context, actor, reopenAlert, { id });
  expect(await alertOf(opened.id)).toMatchObject({ status: 'active', reopenedFrom: id });
  expect(await escalationOf(opened.id)).toMatchObject({ state: 'running' });
  await expect(execute(context, actor, reopenAlert, { id })).rejects.toMatchObject({ code: 'conflict' });
  expect(await apply(5, { startsAt: at(0) })).toBe('');
});

test('many are taken at once; what is over stays as it is, and one row of the ledger names them', async () => {
  const ids = [];
  for (let i = 0; i < 3; i++) ids.push(await apply(0, { labels: { alertname: `A${i}` } }));
  await execute(context, actor, resolveAlert, { id: ids[0] });
  const answer = await execute(context, actor, respondInBulk, { ids, action: 'acknowledge' });
  expect(answer).toEqual({ changed: 2, unchanged: 1, unknown: 0 });
  expect(await actions()).toEqual(['alert.bulk', 'alert.resolve']);
  expect(await alertOf(ids[2] ?? '')).toMatchObject({ status: 'acknowledged' });
});

test('alerting S100: a tap that waited is refused while somebody else is signed in, one alert or many', async () => {
  const id = await apply(0);
  const { userId } = await member();
  const tapped = { tappedBy: userId };
  const refused = { code: 'conflict' };
  await expect(execute(context, actor, acknowledgeAlert, { id, ...tapped })).rejects.toMatchObject(refused);
  const many = { ids: [id], action: 'acknowledge' as const, ...tapped };
  await expect(execute(context, actor, respondInBulk, many)).rejects.toMatchObject(refused);
  expect(await alertOf(id)).toMatchObject({ status: 'active' });
  const whoTapped = userActor(teamId, 'developer', { userId });
  await execute(context, whoTapped, acknowledgeAlert, { id, ...tapped });
  expect(await alertOf(id)).toMatchObject({ status: 'acknowledged', acknowledgedBy: userId });
});

test('comments and feedback stand in the timeline, and browsers hear of them', async () => {
  const id = await apply(0);
  await execute(context, actor, commentOnAlert, { id, text: 'looking' });
  await execute(context, actor, giveAlertFeedback, { id, feedback: 'noise', reason: 'too tight' });
  expect(await timelineOf(id)).toEqual(['opened', 'commented', 'feedback']);
  expect(await alertOf(id)).toMatchObject({ feedback: 'noise', feedbackReason: 'too tight', version: 3 });
  expect(context.published.some(([, payload]) => payload.includes('"version":3'))).toBe(true);
});

test('security Z10: each answer and each mute needs its own permission, and whoever holds one holds no other', async () => {
  const id = await apply(0);
  const matchers = [{ name: 'alertname', operator: '=' as const, value: 'x' }];
  const silence = { matchers, endsAt: T0 + 3_600_000, comment: 'quiet' };
  const acts: Record<string, (who: UserActor) => Promise<unknown>> = {
    'alerts:acknowledge': (who) => execute(context, who, acknowledgeAlert, { id }),
    'alerts:snooze': (who) => execute(context, who, snoozeAlert, { id, minutes: 5 }),
    'alerts:assign': (who) => execute(context, who, reassignAlert, { id, userId: actor.userId }),
    'alerts:comment': (who) => execute(context, who, commentOnAlert, { id, text: 'hm' }),
    'alerts:mute': (who) => execute(context, who, createSilence, silence),
    'alerts:resolve': (who) => execute(context, who, resolveAlert, { id }),
  };
  const refused = async (who: UserActor) => {
    const found = [];
    for (const [permission, act] of Object.entries(acts))
      if ((await act(who).then(String, (error) => error.code)) === 'forbidden') found.push(permission);
    return found;
  };
  const all = Object.keys(acts);
  expect(await refused(await member('viewer'))).toEqual(all);
  for (const only of all) {
    const who = { ...(await member('viewer')), permissions: new Set([only as Permission]) };
    expect(await refused(who)).toEqual(all.filter((permission) => permission !== only));
  }
});

test('security Z10: acting on many needs what acting on one needs', async () => {
  const id = await apply(0);
  const permissions = new Set<Permission>(['alerts:acknowledge']);
  const who = { ...(await member('viewer')), permissions };
  const bulk = (action: string) =>
    execute(context, who, respondInBulk, { ids: [id], action, minutes: 5 } as never);
  await expect(bulk('resolve')).rejects.toMatchObject({ code: 'forbidden' });
  await expect(bulk('snooze')).rejects.toMatchObject({ code: 'forbidden' });
  expect(await bulk('acknowledge')).toEqual({ changed: 1, unchanged: 0, unknown: 0 });
});

test('security Z4: an alert of another team is unknown, and the weaker role takes nothing', async () => {
  const id = await apply(0);
  const stranger = userActor((await makeTeam(world)).id, 'admin');
  await expect(execute(context, stranger, acknowledgeAlert, { id })).rejects.toMatchObject({
    code: 'not_found',
  });
  expect(await execute(context, stranger, respondInBulk, { ids: [id], action: 'resolve' })).toEqual({
    changed: 0,
    unchanged: 0,
    unknown: 1,
  });
  const viewer = await member('viewer');
  await expect(execute(context, viewer, acknowledgeAlert, { id })).rejects.toMatchObject({
    code: 'forbidden',
  });
  expect(await alertOf(id)).toMatchObject({ status: 'active' });
});

import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { alerts } from '#db/schema/alerts.ts';
import { alertGroupMembers, alertGroups, alertRoutes, notifications } from '#db/schema/notifications.ts';
import type { Finding } from '#lib/model/alert-finding.ts';
import { flushGroups } from '#lib/notifications/flush-groups.ts';
import { applyFindings } from '#lib/pipeline/raise/apply-findings.ts';
import { makeFinding } from '#lib/testing/alert-factory.ts';
import { deliverGroups, travelTo, untilBlocked } from '#lib/testing/alert-world.ts';
import { commandContext } from '#lib/testing/command-context.ts';
import { makeTeam } from '#lib/testing/factories.ts';
import { makeChannel } from '#lib/testing/notifications.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { refreshMutes } from './refresh-mutes.ts';

const T0 = Date.UTC(2026, 10, 22, 12);
const at = (seconds: number): Date => new Date(T0 + seconds * 1000);
let world: World;
let teamId: string;
let channelId: string;
beforeAll(async () => {
  world = await createWorld();
});
beforeEach(async () => {
  await world.db.delete(alertGroups);
  teamId = (await makeTeam(world)).id;
  channelId = (await makeChannel(world, teamId)).id;
  await makeRoute({ channelIds: [channelId] });
});
afterAll(() => world.close());

const makeRoute = (values: Partial<typeof alertRoutes.$inferInsert> = {}) =>
  world.db
    .insert(alertRoutes)
    .values({ teamId, position: 1, name: 'all', groupBy: ['alertname'], ...values })
    .returning();

async function apply(seconds: number, ...findings: Finding[]): Promise<void> {
  await travelTo(world, at(seconds));
  await world.db.transaction((tx) => applyFindings(tx, teamId, findings, at(seconds)));
}

/** What the channel gets at a moment: the loop of the worker, then delivery. */
async function tick(seconds: number): Promise<{ reason: string; firing: number; ended: number }[]> {
  await travelTo(world, at(seconds));
  await refreshMutes(world.db, commandContext(world).bus);
  await flushGroups(world.db);
  return (await deliverGroups(world, teamId)).map(({ reason, message }) => ({
    reason,
    firing: message.alertCount - message.resolvedIds.length,
    ended: message.resolvedIds.length,
  }));
}

const firing = (seconds: number, agent = 'a', values: Partial<Finding> = {}) =>
  makeFinding({ labels: { alertname: 'Slow', agent }, startsAt: at(seconds), ...values });
const over = (seconds: number, agent = 'a') =>
  makeFinding({
    labels: { alertname: 'Slow', agent },
    startsAt: at(0),
    endsAt: at(seconds),
    firing: false,
  });

const unsent = () =>
  world.sql`select cause from notifications where team_id = ${teamId} and status in ('queued', 'sending')`;

test('alerting S42: a message that a sender takes on while its group is looked at is not written a second time', async () => {
  await apply(0, firing(0));
  await travelTo(world, at(30));
  await flushGroups(world.db);
  await travelTo(world, at(330));
  const flushing = await world.sql.begin(async (sender) => {
    await sender`update notifications set status = 'sending' where team_id = ${teamId}`;
    const look = flushGroups(world.db);
    await untilBlocked(world, look);
    return { look };
  });
  await flushing.look;
  expect(await unsent()).toHaveLength(1);
});

test('alerting S42: a message that arrives while its group is looked at is not written a second time', async () => {
  await apply(0, firing(0, 'a'));
  await tick(30);
  await apply(40, firing(40, 'b'));
  await travelTo(world, at(330));
  await flushGroups(world.db);
  await world.sql`update notifications set status = 'sending' where team_id = ${teamId} and status = 'queued'`;
  await travelTo(world, at(630));
  const flushing = await world.sql.begin(async (sender) => {
    await sender`lock table notifications in access exclusive mode`;
    const look = flushGroups(world.db);
    await untilBlocked(world, look);
    await sender`update notifications set status = 'sent' where team_id = ${teamId} and status = 'sending'`;
    await sender`update notification_log l set sent_at = alert_now(),
      firing = (select jsonb_agg(m.alert_id) from alert_group_members m where m.group_id = l.group_id)
      where channel_id = ${channelId}`;
    return { look };
  });
  await flushing.look;
  expect(await unsent()).toHaveLength(0);
});

test('alerting S31: the first alert of a group waits group_wait, and all that came meanwhile come in one message', async () => {
  await apply(0, firing(0, 'a'));
  await apply(20, firing(20, 'b'));
  expect(await tick(29)).toEqual([]);
  expect(await tick(30)).toEqual([{ reason: 'first', firing: 2, ended: 0 }]);
  expect(await tick(31)).toEqual([]);
});

test('alerting S32: an alert that has fired for longer than group_wait is told at once', async () => {
  await apply(0, firing(-31));
  expect(await tick(0)).toEqual([{ reason: 'first', firing: 1, ended: 0 }]);
});

test('alerting S33: what is over before the first look is never told', async () => {
  await apply(0, firing(0));
  await apply(10, over(10));
  expect(await tick(30)).toEqual([]);
  expect(await tick(330)).toEqual([]);
  expect(await world.db.select().from(alertGroupMembers)).toEqual([]);
});

test('alerting S34: a new alert of a told group waits for the next tick, and a group that emptied begins afresh', async () => {
  await apply(0, firing(0, 'a'));
  await tick(30);
  await apply(40, firing(40, 'b'));
  expect(await tick(329)).toEqual([]);
  expect(await tick(330)).toEqual([{ reason: 'new_alerts', firing: 2, ended: 0 }]);
  await apply(340, over(340, 'a'), over(340, 'b'));
  expect(await tick(630)).toEqual([{ reason: 'all_resolved', firing: 0, ended: 2 }]);
  await tick(930);
  await apply(940, firing(940, 'c'));
  expect(await tick(969)).toEqual([]);
  expect(await tick(970)).toEqual([{ reason: 'first', firing: 1, ended: 0 }]);
});

test('alerting S35: an unchanged group is repeated at the first tick after repeat_interval', async () => {
  await world.db.update(alertRoutes).set({ repeatIntervalMs: 700_000 }).where(eq(alertRoutes.teamId, teamId));
  await apply(0, firing(0));
  await tick(30);
  expect(await tick(330)).toEqual([]);
  expect(await tick(630)).toEqual([]);
  expect(await tick(930)).toEqual([{ reason: 'repeat', firing: 1, ended: 0 }]);
});

test('alerting S37: the next tick is armed before anything is sent, and a slow receiver delays no other group', async () => {
  await apply(0, firing(0, 'a'), makeFinding({ labels: { alertname: 'Other' }, startsAt: at(0) }));
  await travelTo(world, at(30));
  await flushGroups(world.db, 1);
  await world.db.execute(
    sql`update notifications set status = 'sending', lease_until = alert_now() + interval '1 hour'`,
  );
  const [armed] = await world.db.select().from(alertGroups).where(sql`${alertGroups.flushedAt} is not null`);
  expect(armed?.nextFlushAt).toEqual(at(330));
  expect(await tick(30)).toEqual([{ reason: 'first', firing: 1, ended: 0 }]);
});

test('alerting S38: an alert that ends after the look is told as firing: its state is decided once', async () => {
  await apply(0, firing(0));
  await travelTo(world, at(30));
  await flushGroups(world.db);
  await apply(31, over(31));
  const [message] = await deliverGroups(world, teamId);
  expect(message?.message).toMatchObject({ status: 'firing', alerts: [{ status: 'active' }] });
  expect(await tick(330)).toEqual([{ reason: 'all_resolved', firing: 0, ended: 1 }]);
});

test('alerting S39: a resolved alert stays in its group until its end was delivered', async () => {
  await apply(0, firing(0));
  await tick(30);
  await apply(40, over(40));
  await travelTo(world, at(330));
  await flushGroups(world.db);
  await world.db.update(notifications).set({ status: 'failed' }).where(eq(notifications.status, 'queued'));
  expect(await tick(630)).toEqual([{ reason: 'all_resolved', firing: 0, ended: 1 }]);
  await tick(930);
  expect(await world.db.select().from(alertGroupMembers)).toEqual([]);
});

test('alerting S39: what fires again while its end is being told is told as new', async () => {
  await apply(0, firing(0));
  await tick(30);
  await apply(40, over(40));
  await travelTo(world, at(330));
  await flushGroups(world.db);
  await apply(331, firing(331));
  await deliverGroups(world, teamId);
  expect(await tick(630)).toEqual([{ reason: 'first', firing: 1, ended: 0 }]);
});

test('alerting S41: a group keeps its key over restarts, and a route that is edited keeps what was told', async () => {
  await apply(0, firing(0, 'a'));
  await tick(30);
  const [before] = await world.db.select().from(alertGroups);
  await world.db
    .update(alertRoutes)
    .set({ name: 'renamed', groupWaitMs: 1000 })
    .where(eq(alertRoutes.teamId, teamId));
  await apply(40, firing(40, 'b'));
  const groups = await world.db.select().from(alertGroups);
  expect(groups.map(({ groupKey }) => groupKey)).toEqual([before?.groupKey]);
  expect(await tick(330)).toEqual([{ reason: 'new_alerts', firing: 2, ended: 0 }]);
});

test('alerting S48: each channel has its own log: what failed for one is tried again for that one', async () => {
  const second = (await makeChannel(world, teamId)).id;
  await world.db
    .update(alertRoutes)
    .set({ channelIds: [channelId, second] })
    .where(eq(alertRoutes.teamId, teamId));
  await apply(0, firing(0));
  await travelTo(world, at(30));
  await flushGroups(world.db);
  await world.db.update(notifications).set({ status: 'failed' }).where(eq(notifications.channelId, second));
  await deliverGroups(world, teamId);
  await travelTo(world, at(330));
  await flushGroups(world.db);
  expect(await deliverGroups(world, teamId)).toMatchObject([{ channelId: second, reason: 'first' }]);
});

test('alerting S29: a clock that jumps back an hour neither repeats a message nor stops the timers', async () => {
  await apply(0, firing(0, 'a'));
  await tick(30);
  await apply(-3600, firing(-3600, 'b'));
  expect(await tick(-3570)).toEqual([{ reason: 'new_alerts', firing: 2, ended: 0 }]);
  expect(await tick(-3569)).toEqual([]);
});

test('alerting S29: what was told again before the clock jumped back is not told once more', async () => {
  await apply(0, firing(0));
  await tick(30);
  await apply(40, firing(0, 'a', { severity: 'critical' }));
  expect(await tick(40)).toMatchObject([{ reason: 'severity_raised' }]);
  expect(await tick(-3560)).toEqual([]);
});

test('alerting S29: a clock that jumps forward an hour fires each timer once', async () => {
  await apply(0, firing(0, 'a'));
  await tick(30);
  await apply(40, firing(40, 'b'));
  expect(await tick(4000)).toEqual([{ reason: 'new_alerts', firing: 2, ended: 0 }]);
  expect(await tick(4001)).toEqual([]);
});

test('alerting S47: nothing counts as told before it was delivered, so what a crash lost is told at the next tick', async () => {
  await apply(0, firing(0));
  await travelTo(world, at(30));
  await flushGroups(world.db);
  await world.db.delete(notifications);
  expect(await tick(330)).toEqual([{ reason: 'first', firing: 1, ended: 0 }]);
  expect(await tick(630)).toEqual([]);
});

test('alerting S49: the reason stands in the message that goes out', async () => {
  await apply(0, firing(0));
  await travelTo(world, at(30));
  await flushGroups(world.db);
  const [message] = await deliverGroups(world, teamId);
  expect(message?.message).toMatchObject({ reason: 'first', groupLabels: { alertname: 'Slow' } });
});

test('alerts that are raised while their groups are told do not wait for each other in a circle', async () => {
  await travelTo(world, null);
  const now = Date.now();
  const storm = (round: number) =>
    Array.from({ length: 40 }, (_, i) =>
      makeFinding({
        labels: { alertname: `Storm${i % 8}`, agent: `${i}` },
        startsAt: new Date(now - 60_000),
        severity: round % 2 === 0 ? 'warning' : 'critical',
        firing: round % 5 !== 4,
      }),
    );
  const raise = async (round: number) =>
    world.db.transaction((tx) => applyFindings(tx, teamId, storm(round), new Date(now + round)));
  const work = Array.from({ length: 20 }, (_, round) => [raise(round), flushGroups(world.db)]).flat();
  expect((await Promise.allSettled(work)).filter(({ status }) => status === 'rejected')).toEqual([]);
});

test('a team without channels still groups, by the route that every team has, and acknowledged alerts are not repeated', async () => {
  await world.db.delete(alertRoutes).where(eq(alertRoutes.teamId, teamId));
  await apply(0, firing(0, 'a'), firing(0, 'b'));
  expect(await world.db.select({ isDefault: alertRoutes.isDefault }).from(alertRoutes)).toContainEqual({
    isDefault: true,
  });
  expect(await world.db.select().from(alertGroups)).toHaveLength(2);
  await apply(10, over(10, 'a'));
  expect(await tick(30)).toEqual([]);
  expect(await world.db.select().from(alertGroupMembers)).toHaveLength(1);
  expect(await world.db.select().from(alerts).where(eq(alerts.teamId, teamId))).toHaveLength(2);
});

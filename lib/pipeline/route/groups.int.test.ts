import { eq } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { alerts } from '#db/schema/alerts.ts';
import { alertGroupMembers, alertGroups, alertRoutes } from '#db/schema/notifications.ts';
import { makeNotifiers } from '#lib/compose/notifiers.ts';
import type { Finding } from '#lib/model/alert-finding.ts';
import { sendTimeout } from '#lib/notifications/delivery/send-claims.ts';
import { flushGroups } from '#lib/notifications/flush-groups.ts';
import { applyFindings } from '#lib/pipeline/raise/apply-findings.ts';
import { makeFinding } from '#lib/testing/alert-factory.ts';
import {
  type Delivered,
  type GroupReceiver,
  startGroupReceiver,
  travelTo,
  untilBlocked,
} from '#lib/testing/alert-world.ts';
import { commandContext } from '#lib/testing/command-context.ts';
import { makeDeliverer } from '#lib/testing/delivery.ts';
import { makeTeam } from '#lib/testing/factories.ts';
import { LOOPBACK } from '#lib/testing/outbound-policy.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { refreshMutes } from './refresh-mutes.ts';

const T0 = Date.UTC(2026, 10, 22, 12);
const at = (seconds: number): Date => new Date(T0 + seconds * 1000);
let world: World;
let teamId: string;
let channelId: string;
let told: GroupReceiver;
beforeAll(async () => {
  world = await createWorld();
});
beforeEach(async () => {
  await world.db.delete(alertGroups);
  teamId = (await makeTeam(world)).id;
  told = await startGroupReceiver(world);
  channelId = (await told.channel(teamId)).id;
  await makeRoute({ channelIds: [channelId] });
});
afterEach(async () => {
  await told.close();
  await world.sql`delete from notifications`;
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

const countsOf = ({ reason, message }: Delivered) => ({
  reason,
  firing: message.alertCount - message.resolvedIds.length,
  ended: message.resolvedIds.length,
});

/** What the receiver of the channel gets at a moment: the loop of the worker, then delivery. */
async function tick(seconds: number): Promise<{ reason: string; firing: number; ended: number }[]> {
  await travelTo(world, at(seconds));
  await refreshMutes(world.db, commandContext(world).bus);
  await flushGroups(world.db);
  return (await told.deliver(teamId)).map(countsOf);
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
  expect(told.receiver.received).toHaveLength(1);
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

test.each([
  [900_000, 1500, 930],
  [900_001, 0, 1230],
  [600_000, 29_000, 630],
])(
  'alerting S35: of %i ms, first delivered %i ms after its tick, the repeat comes %i s after the beginning',
  async (repeatIntervalMs, delayMs, seconds) => {
    await world.db.update(alertRoutes).set({ repeatIntervalMs }).where(eq(alertRoutes.teamId, teamId));
    await apply(0, firing(0));
    await travelTo(world, at(30));
    await flushGroups(world.db);
    await travelTo(world, at(30 + delayMs / 1000));
    await told.deliver(teamId);
    const repeats: number[] = [];
    for (const at of [330, 630, 930, 1230]) if ((await tick(at)).length > 0) repeats.push(at);
    expect(repeats[0]).toBe(seconds);
  },
);

test('alerting S37: the next tick is armed before anything is sent, and a receiver that hangs delays no other group', async () => {
  await apply(0, firing(0, 'a'), makeFinding({ labels: { alertname: 'Other' }, startsAt: at(0) }));
  const held = Promise.withResolvers<void>();
  told.receiver.answerBy(({ body }) => (body.includes('Slow') ? 'hang' : { status: 200 }));
  await travelTo(world, at(30));
  await flushGroups(world.db);
  const armed = await world.db.select().from(alertGroups).where(eq(alertGroups.teamId, teamId));
  expect(armed.map(({ nextFlushAt }) => nextFlushAt)).toEqual([at(330), at(330)]);
  const sending = told.deliver(teamId).finally(() => held.resolve());
  const [one, other] = await told.receiver.count(2);
  expect([one?.body, other?.body].filter((body) => body?.includes('Other'))).toHaveLength(1);
  await held.promise;
  expect((await sending).map(({ message }) => message.title)).toEqual(['Other']);
});

test.each([
  [1, 10],
  [12, 12],
  [300, 15],
])(
  'alerting S37: a send to a group that is looked at every %i s is given up after %i s',
  (interval, seconds) => {
    expect(sendTimeout(interval * 1000)).toBe(seconds * 1000);
  },
);

test('alerting S38: an alert that ends after the look is told as firing: its state is decided once', async () => {
  await apply(0, firing(0, 'a'), firing(0, 'b'));
  await travelTo(world, at(30));
  await flushGroups(world.db);
  await apply(31, over(31, 'b'));
  const [message] = await told.deliver(teamId);
  expect(message && countsOf(message)).toEqual({ reason: 'first', firing: 2, ended: 0 });
  expect(message?.message.alerts.map(({ status }) => status)).toEqual(['active', 'active']);
  expect(await tick(330)).toEqual([{ reason: 'some_resolved', firing: 1, ended: 1 }]);
});

test('alerting S39: a resolved alert stays in its group until its end was delivered', async () => {
  await apply(0, firing(0));
  await tick(30);
  await apply(40, over(40));
  told.receiver.answer({ status: 400 });
  expect(await tick(330)).toEqual([]);
  told.receiver.answer({ status: 200 });
  expect(await tick(630)).toEqual([{ reason: 'all_resolved', firing: 0, ended: 1 }]);
  await tick(930);
  expect(await world.db.select().from(alertGroupMembers)).toEqual([]);
});

test('alerting S39, S43: what fires again while its end is being told is told as new', async () => {
  await apply(0, firing(0));
  await tick(30);
  await apply(40, over(40));
  await travelTo(world, at(330));
  await flushGroups(world.db);
  await apply(331, firing(331));
  expect((await told.deliver(teamId)).map(countsOf)).toEqual([
    { reason: 'all_resolved', firing: 0, ended: 1 },
  ]);
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
  const other = await startGroupReceiver(world);
  const second = (await other.channel(teamId)).id;
  await world.db
    .update(alertRoutes)
    .set({ channelIds: [channelId, second] })
    .where(eq(alertRoutes.teamId, teamId));
  await apply(0, firing(0));
  other.receiver.answer({ status: 400 });
  expect(await tick(30)).toMatchObject([{ reason: 'first' }]);
  expect(other.receiver.received).toHaveLength(1);
  other.receiver.answer({ status: 200 });
  expect(await tick(330)).toEqual([]);
  expect(other.receiver.received).toHaveLength(2);
  expect(await tick(630)).toEqual([]);
  expect([told.receiver.received.length, other.receiver.received.length]).toEqual([1, 2]);
  await other.close();
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

test('alerting S47: what was delivered by a worker that died before it wrote so is told again, as itself, and then counts', async () => {
  await apply(0, firing(0));
  await travelTo(world, at(30));
  await flushGroups(world.db);
  const log = () => world.sql`select reason from notification_log where channel_id = ${channelId}`;
  const notifiers = makeNotifiers({
    app: { outbound: LOOPBACK },
    mailServer: () => null,
    push: null,
  });
  const never = new Promise<never>(() => {});
  const dying = makeDeliverer(world, {
    notifiers: {
      ...notifiers,
      webhook: { send: (...args) => notifiers.webhook.send(...args).then(() => never) },
    },
  });
  await dying.step(new AbortController().signal);
  await told.receiver.count(1);
  expect(await log()).toEqual([]);
  expect(await tick(31)).toEqual([]);
  expect(await tick(91)).toEqual([{ reason: 'first', firing: 1, ended: 0 }]);
  const ids = told.receiver.received.map(({ headers }) => headers['webhook-id']);
  expect(ids).toEqual([ids[0], ids[0]]);
  expect(await log()).toEqual([{ reason: 'first' }]);
  expect(await tick(330)).toEqual([]);
  await notifiers.close();
});

test('alerting S49: the reason stands in the message that goes out', async () => {
  await apply(0, firing(0));
  await travelTo(world, at(30));
  await flushGroups(world.db);
  await told.deliver(teamId);
  const { data } = JSON.parse(told.receiver.received[0]?.body ?? '{}');
  expect(data).toMatchObject({ reason: 'first', groupLabels: { alertname: 'Slow' } });
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

import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Finding } from '#lib/model/alert-finding.ts';
import { enqueueNotifications } from '#lib/notifications/enqueue.ts';
import { makeFinding } from '#lib/testing/alert-factory.ts';
import { makeDraft, makeMessage } from '#lib/testing/notifications.ts';
import { type Received, type Receiver, startReceiver } from '#lib/testing/receiver.ts';
import { type AlertRig, createAlertRig } from '#tests/faults/alert-rig.ts';
import { pause } from '#tests/faults/ingest-rig.ts';

/** A lease and a moment, seconds. */
const LEASE = 65;

let rig: AlertRig;
let receiver: Receiver;
let channelId: string;
beforeEach(async () => {
  rig = await createAlertRig();
  receiver = await startReceiver();
  channelId = await rig.setUp.channel(receiver.url);
  await rig.setUp.route({
    channelIds: [channelId],
    groupBy: ['alertname'],
    groupWaitMs: 0,
    groupIntervalMs: 600_000,
  });
});
afterEach(async () => {
  await receiver.close();
  await rig.close();
});

const firing = (name: string, values: Partial<Finding> = {}) =>
  makeFinding({ source: 'integration', sourceId: 'sender', labels: { alertname: name }, ...values });
const idOf = ({ headers }: Received) => headers['webhook-id'];
const states = () =>
  rig.owner`select status, attempts, finish_reason from notifications order by created_at, id`;
const untilStates = (wanted: unknown[], timeout = 20_000) =>
  expect.poll(async () => [...(await states())], { timeout, interval: 100 }).toMatchObject(wanted);

test('reliability F3: kill -9 after the receiver got the message doubles it at most, with the same id', async () => {
  const worker = await rig.startWorker();
  const killed = Promise.withResolvers<void>();
  receiver.answerBy(() => {
    void worker.signal('SIGKILL').then(killed.resolve);
    return 'hang';
  });
  await rig.raise(firing('Slow'));
  await killed.promise;
  await untilStates([{ status: 'sending', attempts: 1 }]);
  receiver.answer({ status: 200 });
  await rig.startWorker();
  await rig.travel(LEASE);
  await untilStates([{ status: 'delivered', attempts: 2 }]);
  await pause(2000);
  const [first, second, ...more] = receiver.received.map(idOf);
  expect(second).toBe(first);
  expect(more).toEqual([]);
  const attempts = await rig.owner`select status, reason from notification_attempts order by attempt`;
  expect([...attempts]).toMatchObject([{ status: 'failed', reason: 'lease_lost' }, { status: 'delivered' }]);
});

test('reliability F3: who was told by a process that died is told of the end, though nobody noted the beginning', async () => {
  const worker = await rig.startWorker();
  const killed = Promise.withResolvers<void>();
  receiver.answerBy(() => {
    void worker.signal('SIGKILL').then(killed.resolve);
    return 'hang';
  });
  await rig.raise(firing('Slow'));
  await killed.promise;
  await rig.raise(firing('Slow', { firing: false, endsAt: new Date() }));
  receiver.answer({ status: 200 });
  await rig.startWorker();
  await rig.travel(LEASE);
  await pause(2000);
  await rig.travel(700);
  await receiver.count(2, 20_000);
  const told = receiver.received.map(({ body }) => (JSON.parse(body) as { type: string }).type);
  expect(told).toEqual(['alert.firing', 'alert.resolved']);
});

test('reliability F6: a worker that was stopped over its lease is taken over and does not send when it wakes', async () => {
  const slow = await rig.startWorker();
  await rig.db.transaction(async (tx) => {
    await enqueueNotifications(tx, [makeDraft({ teamId: rig.teamId, channelId, cause: 'one' })]);
    await tx.execute("update notifications set next_attempt_at = now() + interval '2 seconds'");
  });
  // It takes the message on, then can't read where it goes.
  const lock = rig.owner.begin(async (tx) => {
    await tx`lock table notification_channels in access exclusive mode`;
    await expect
      .poll(async () => [...(await states())], { timeout: 10_000, interval: 50 })
      .toMatchObject([{ status: 'sending', attempts: 1 }]);
    await slow.signal('SIGSTOP');
  });
  await lock;
  const stoppedAt = performance.now();
  const quick = await rig.startWorker();
  await rig.travel(LEASE);
  await untilStates([{ status: 'delivered', attempts: 2 }]);
  // Half a lease of real time: then it knows by its own clock that it lost what it holds.
  await pause(Math.max(0, 32_000 - (performance.now() - stoppedAt)));
  await slow.signal('SIGCONT');
  await pause(3000);
  expect(receiver.received).toHaveLength(1);
  await untilStates([{ status: 'delivered', attempts: 2 }]);
  expect([slow.alive(), quick.alive()]).toEqual([true, true]);
});

test('reliability F17: connections that end in the middle of work lose no message and leave nothing half done', async () => {
  // A worker may end with its connection; the supervisor starts the next.
  await rig.keepWorker();
  const names = Array.from({ length: 20 }, (_, i) => `Slow${i}`);
  let [cuts, raised] = [0, 0];
  const cutting = (async () => {
    for (; raised < names.length; await pause(20)) cuts += await rig.cutConnections();
  })();
  for (const name of names) {
    await rig.raise(firing(name));
    raised += 1;
    await pause(200);
  }
  await cutting;
  expect(cuts).toBeGreaterThan(0);
  await rig.travel(LEASE);
  await untilStates(
    names.map(() => ({ status: 'delivered' })),
    60_000,
  );
  const ids = receiver.received.map(idOf);
  expect(new Set(ids).size).toBe(names.length);
  expect(ids.length - names.length).toBeLessThanOrEqual(cuts);
});

test('reliability F4: kill -9 with 10,000 queued: all are delivered after the restart, the oldest page first', async () => {
  const messages = 10_000;
  const user = await rig.setUp.person((await startPager()).url);
  const drafts = Array.from({ length: messages }, (_, i) =>
    makeDraft({ teamId: rig.teamId, channelId, cause: `n ${i}`, message: makeMessage() }),
  );
  await rig.db.transaction((tx) => enqueueNotifications(tx, drafts));
  const worker = await rig.startWorker();
  await receiver.count(2000, 90_000);
  await worker.signal('SIGKILL');
  await rig.db.transaction(async (tx) => {
    const [contact] =
      await rig.owner`select id from contact_methods where user_id = ${user} and kind = 'webhook'`;
    const to = {
      purpose: 'page' as const,
      kind: 'webhook' as const,
      userId: user,
      contactMethodId: contact?.id,
    };
    await enqueueNotifications(tx, [makeDraft({ ...to, teamId: rig.teamId, cause: 'page', priority: 0 })]);
  });
  const deliveredBefore = receiver.received.length;
  const restartedAt = performance.now();
  await rig.startWorker();
  await pager.count(1, 60_000);
  const pageMs = performance.now() - restartedAt;
  expect(receiver.received.length - deliveredBefore).toBeLessThan(500);
  await rig.travel(LEASE);
  await expect
    .poll(
      async () =>
        (await rig.owner`select count(*)::int as n from notifications where status <> 'delivered'`)[0]?.n,
      {
        timeout: 120_000,
      },
    )
    .toBe(0);
  const allMs = performance.now() - restartedAt;
  expect(new Set(receiver.received.map(idOf)).size).toBe(messages);
  expect(receiver.received.length - messages).toBeLessThanOrEqual(64);
  // Unhurried: other tests share the machine. Alone the page takes less than a second, all of them 15.
  expect(pageMs).toBeLessThan(30_000);
  expect(allMs).toBeLessThan(120_000);
  await pager.close();
});

test('reliability F5: SIGTERM under load ends in time, and leaves no message to a lease that runs out', async () => {
  receiver.answerBy(() => ({ status: 200 }));
  const drafts = Array.from({ length: 3000 }, (_, i) =>
    makeDraft({ teamId: rig.teamId, channelId, cause: `n ${i}`, message: makeMessage() }),
  );
  await rig.db.transaction((tx) => enqueueNotifications(tx, drafts));
  const worker = await rig.startWorker();
  await receiver.count(500, 20_000);
  const toldAt = performance.now();
  await worker.signal('SIGTERM');
  expect(performance.now() - toldAt).toBeLessThan(10_000);
  const [held] = await rig.owner`select count(*)::int as n from notifications where status = 'sending'`;
  expect(held?.n).toBe(0);
  await rig.startWorker();
  await receiver.count(drafts.length, 30_000);
  await pause(1000);
  expect(new Set(receiver.received.map(idOf)).size).toBe(receiver.received.length);
});

let pager: Receiver;
async function startPager(): Promise<Receiver> {
  pager = await startReceiver();
  return pager;
}

test('reliability F12: a fast restart of PostgreSQL loses no alert that was stored, and tells none twice', async () => {
  await restartInMidFlow('fast');
});

test('reliability F13: after kill -9 of PostgreSQL every stored alert is told and the outbox is consistent', async () => {
  await restartInMidFlow('kill');
});

/** Stores alerts while PostgreSQL goes away and comes back amid the telling of them. */
/**
 * Restarts PostgreSQL while messages go out. A worker whose database leaves it in mid-transaction may end with
 * an error of postgres.js that nobody can catch; its supervisor starts it again.
 */
async function restartInMidFlow(how: 'fast' | 'kill'): Promise<void> {
  await rig.keepWorker();
  const names: string[] = [];
  for (let round = 0; round < 3; round++) {
    const own = Array.from({ length: 100 }, (_, i) => `Alert${round}-${i}`);
    await rig.raise(...own.map((name) => firing(name)));
    names.push(...own);
    await receiver.count(receiver.received.length + 20, 60_000);
    if (round === 2) break;
    await rig.stop(how);
    await pause(300);
    await rig.start();
  }
  const told = () =>
    receiver.received.map(
      ({ body }) =>
        (JSON.parse(body) as { data: { groupLabels: { alertname: string } } }).data.groupLabels.alertname,
    );
  await pause(3000);
  await rig.travel(LEASE);
  await expect.poll(() => names.filter((name) => !told().includes(name)), { timeout: 40_000 }).toEqual([]);
  const open = () => rig.owner`select id from notifications where status in ('queued', 'sending')`;
  await expect.poll(async () => (await open()).length, { timeout: 20_000 }).toBe(0);
  // What was on its way each time may come again, as itself.
  expect(told().length - names.length).toBeLessThanOrEqual(2 * 64);
  expect(new Set(receiver.received.map(idOf)).size).toBe(names.length);
}

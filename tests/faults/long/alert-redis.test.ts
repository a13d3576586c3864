import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeFinding } from '#lib/testing/alert-factory.ts';
import { type Receiver, startReceiver } from '#lib/testing/receiver.ts';
import { type RedisEngine, startRedis } from '#scripts/engines/redis.mjs';
import { type AlertRig, createAlertRig, type Worker } from '#tests/faults/alert-rig.ts';

/** Waking a loop is a favour of the bus: without it a message leaves by the loops' own intervals. */
const WITHOUT_BUS_MS = 15_000;

let dir: string;
let redis: RedisEngine;
let rig: AlertRig;
let receiver: Receiver;
let worker: Worker;
let names = 0;
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'pitwall-alert-redis-'));
  redis = await startRedis({ dir });
  rig = await createAlertRig({ REDIS_URL: redis.url });
  receiver = await startReceiver();
  const channelIds = [await rig.setUp.channel(receiver.url)];
  await rig.setUp.route({ channelIds, groupBy: ['alertname'], groupWaitMs: 0 });
  worker = await rig.startWorker();
});
afterEach(async () => {
  redis.process.kill('SIGCONT');
  await receiver.close();
  await rig.close();
  await redis.stop(2000);
  rmSync(dir, { recursive: true, force: true });
});

/** Stores an alert and waits until it was told. */
async function expectTold(): Promise<void> {
  const wanted = receiver.received.length + 1;
  const labels = { alertname: `Alert${names++}` };
  await rig.raise(makeFinding({ source: 'integration', sourceId: 'sender', labels }));
  await receiver.count(wanted, WITHOUT_BUS_MS);
  expect(worker.alive()).toBe(true);
}

test('reliability F9: paging goes on while Redis is gone, and when it is back without its data', async () => {
  await expectTold();
  await redis.stop(2000);
  await expectTold();
  await expectTold();
  redis = await startRedis({ dir, port: redis.port, password: redis.password });
  await expectTold();
  expect(worker.log()).not.toContain('"level":60');
});

test('reliability F10: paging goes on while Redis hangs', async () => {
  await expectTold();
  redis.process.kill('SIGSTOP');
  await expectTold();
  await expectTold();
  redis.process.kill('SIGCONT');
  await expectTold();
});

test('reliability F11: paging goes on while Redis has no memory left', async () => {
  const client = new Redis(redis.url);
  await client.config('SET', 'maxmemory', '1');
  await expectTold();
  await client.quit();
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { alertRules } from '#db/schema/alert-rules.ts';
import { phaseOf } from '#lib/alerts/evaluate/grid.ts';
import { ruleDefinitionSchema } from '#lib/model/alert-rule-schema.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import { makeFinding } from '#lib/testing/alert-factory.ts';
import { makeAgent } from '#lib/testing/factories.ts';
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
  await rig.setUp.route({ channelIds, groupBy: ['alertname'], groupWaitMs: 0, groupIntervalMs: 1000 });
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

/** A rule that fires while an agent is silent, looked at each second; answers with how to make it so. */
async function watchSilence(): Promise<(silent: boolean) => Promise<void>> {
  const definition = ruleDefinitionSchema.parse({
    ...{ type: 'absence', intervalSeconds: 1, levels: { critical: 60 } },
  });
  const id = uuidv7();
  const { id: agentId } = await makeAgent(rig, rig.teamId, { lastTelemetryAt: new Date() });
  await rig.db.insert(alertRules).values({
    ...{ id, teamId: rig.teamId, name: 'Silent', type: 'absence', definition, intervalSeconds: 1 },
    ...{ offsetMs: phaseOf(id, 1), nextSlotAt: new Date(0) },
  });
  return async (silent) => {
    const heard = silent ? new Date(Date.now() - 3_600_000) : new Date(Date.now() + 600_000);
    await rig.owner`update agents set last_telemetry_at = ${heard} where id = ${agentId}`;
  };
}

/** From an agent's silence to the message about it, and from its word to that of the end; milliseconds. */
async function alertDelays(turn: (silent: boolean) => Promise<void>, rounds: number): Promise<number[]> {
  const delays: number[] = [];
  for (let i = 0; i < 2 * rounds; i++) {
    const wanted = receiver.received.length + 1;
    const turnedAt = performance.now();
    await turn(i % 2 === 0);
    await receiver.count(wanted, WITHOUT_BUS_MS);
    delays.push(performance.now() - turnedAt);
  }
  return delays;
}

test('reliability F9, F10: without Redis an alert opens and is delivered in about the usual time', async () => {
  const turn = await watchSilence();
  const worst = (delays: readonly number[]) => Math.round(Math.max(...delays));
  await alertDelays(turn, 1);
  const usual = worst(await alertDelays(turn, 4));
  redis.process.kill('SIGSTOP');
  const hanging = worst(await alertDelays(turn, 4));
  redis.process.kill('SIGCONT');
  await redis.stop(2000);
  const gone = worst(await alertDelays(turn, 4));
  console.log(
    `alert to message, worst of 8: usual ${usual} ms, Redis hanging ${hanging} ms, gone ${gone} ms`,
  );
  // The loops of one worker wake each other: none of the two behind the evaluation waits a second for the agenda.
  expect(hanging).toBeLessThan(usual + 1000);
  expect(gone).toBeLessThan(usual + 1000);
});

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

import { expect, test } from 'vitest';
import { alertRules } from '#db/schema/alert-rules.ts';
import { phaseOf } from '#lib/alerts/evaluate/grid.ts';
import { ruleDefinitionSchema } from '#lib/model/alert-rule-schema.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import { makeAgent } from '#lib/testing/factories.ts';
import { createAlertRig } from '#tests/faults/alert-rig.ts';
import { stored as storedOf } from '#tests/faults/ingest-load.ts';
import { createIngestRig, pause, startDurable } from '#tests/faults/ingest-rig.ts';
import { metricsPayload, sendOnce } from '#tests/faults/otlp-client.ts';
import { type SlowProxy, startSlowProxy } from '#tests/faults/slow-proxy.ts';

/** What a database that is slow takes for each of its answers. */
const SLOW_MS = 2000;
/** An evaluation asks some twenty times, so it takes three quarters of a minute; the second one counts what the first missed. */
const SECOND_EVALUATION_MS = 150_000;
const METRICS = 100;
const CLIENTS = 60;
const EXPORTS = 2;

test('reliability F15: while PostgreSQL is slow ingest answers 429 and 503, and stores all that it took', async () => {
  let proxy: SlowProxy | undefined;
  const rig = await createIngestRig({ INGEST_MAX_BUFFERED_ITEMS: '2000' }, async (dir) => {
    const engine = await startDurable(dir);
    proxy = await startSlowProxy(engine.appUrl);
    return { ...engine, appUrl: proxy.through(engine.appUrl) };
  });
  try {
    const send = (index: number) =>
      sendOnce(`${rig.otlpUrl}/v1/metrics`, rig.key, metricsPayload('slow', index, METRICS));
    expect((await send(0)).status).toBe(200);
    proxy?.delay(SLOW_MS);
    const refusedMs: number[] = [];
    const client = async (first: number) => {
      const answers: (number | null)[] = [];
      for (let i = first; i < first + EXPORTS; i++) {
        const askedAt = performance.now();
        const answer = await send(i).catch(() => null);
        answers.push(answer?.status ?? null);
        if (answer === null || answer.status === 200) continue;
        refusedMs.push(performance.now() - askedAt);
        await pause(Number(answer.retryAfter) * 1000);
      }
      return answers;
    };
    const all = await Promise.all(Array.from({ length: CLIENTS }, (_, i) => client(1 + i * EXPORTS)));
    const count = (status: number | null) => all.flat().filter((each) => each === status).length;
    proxy?.delay(0);
    expect(rig.ingestAlive()).toBe(true);
    expect(await rig.endIngest('SIGTERM')).toBe(0);
    expect(count(429) + count(503)).toBeGreaterThan(0);
    expect(count(200) + count(429) + count(503) + count(null)).toBe(CLIENTS * EXPORTS);
    // A refusal asks the database for the key at most.
    expect(Math.max(...refusedMs)).toBeLessThan(3 * SLOW_MS);
    const stored = (await storedOf(rig)).work / METRICS;
    expect(stored).toBeGreaterThanOrEqual(1 + count(200));
    // What its sender gave up on may have come in all the same.
    expect(stored).toBeLessThanOrEqual(1 + count(200) + count(null));
  } finally {
    await rig.close();
    await proxy?.close();
  }
});

test('reliability F15: while PostgreSQL is slow evaluations are skipped and counted, never run twice or late', async () => {
  const rig = await createAlertRig();
  const proxy = await startSlowProxy(rig.appUrl);
  try {
    const heard = new Date(Date.now() - 3_600_000);
    await makeAgent(rig, rig.teamId, { lastTelemetryAt: heard });
    const definition = ruleDefinitionSchema.parse({
      ...{ type: 'absence', intervalSeconds: 1, levels: { critical: 60 } },
    });
    const id = uuidv7();
    await rig.db.insert(alertRules).values({
      ...{ id, teamId: rig.teamId, name: 'Silent', type: 'absence', definition, intervalSeconds: 1 },
      ...{ offsetMs: phaseOf(id, 1), nextSlotAt: new Date(0) },
    });
    const rule = async () => (await rig.owner`select * from alert_rules where id = ${id}`)[0];
    await rig.startWorker({ DATABASE_URL: proxy.through(rig.appUrl) });
    await expect.poll(async () => (await rule())?.last_slot_at, { timeout: 30_000 }).not.toBeNull();
    proxy.delay(SLOW_MS);
    await expect
      .poll(async () => Number((await rule())?.missed_slots), { timeout: SECOND_EVALUATION_MS })
      .toBeGreaterThan(5);
    proxy.delay(0);
    await expect
      .poll(
        async () => {
          const { last_slot_at: slot } = (await rule()) ?? {};
          return Date.now() - new Date(slot).getTime();
        },
        { timeout: 30_000 },
      )
      .toBeLessThan(2500);
    const [made] = await rig.owner`select (select count(*)::int from alerts) as alerts,
      (select count(*)::int from alert_transitions) as transitions`;
    expect(made).toEqual({ alerts: 1, transitions: 1 });
  } finally {
    await rig.close();
    await proxy.close();
  }
}, 240_000);

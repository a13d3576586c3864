import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTelemetryPool } from '#db/telemetry-pool.ts';
import { systemClock } from '#lib/kernel/clock.ts';
import { WINDOW_COLUMNS } from '#lib/model/live.ts';
import type { MetricQuery } from '#lib/model/metric.ts';
import { createPostgresMetricStore } from '#lib/ports/metric-store/postgres/store.ts';
import { makeTeam } from '#lib/testing/factories.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { loadLiveTail } from './live-tail.ts';

const NOW = 1_700_000_005_000;

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

/** A store that knows two windows of a team, in rates per minute and milliseconds. */
function storeOf(values: Partial<Record<MetricQuery['measure'], (number | null)[]>>, stepSeconds = 10) {
  return {
    query: async (_team: string, query: MetricQuery) => ({
      stepSeconds,
      times: [query.to - 20_000, query.to - 10_000],
      coveredTo: query.to,
      lines: [{ key: '', label: '', values: values[query.measure] ?? [null, null], overall: null }],
      sampleSize: 1,
      estimatedFromBuckets: false,
    }),
  };
}

it('turns the store’s last windows into those of the wire, and leaves out windows without data', async () => {
  const tail = await loadLiveTail(
    storeOf({ requests: [null, 24], cost: [null, 1.5], latency_p95: [null, 120] }),
    't',
    NOW,
  );
  const at = (name: (typeof WINDOW_COLUMNS)[number]) => tail.columns[WINDOW_COLUMNS.indexOf(name)];
  expect(tail.starts).toEqual([1_699_999_990_000]);
  expect([at('requests'), at('costMicros'), at('p95'), at('p50'), at('toolCalls')]).toEqual([
    [4],
    [250_000],
    [120],
    [-1],
    [0],
  ]);
});

it('brings calls without a price along, whose cost the store does not know', async () => {
  const store = storeOf({ requests: [null, 24], cost: [null, null], unpriced_calls: [null, 12] });
  const tail = await loadLiveTail(store, 't', NOW);
  const at = (name: (typeof WINDOW_COLUMNS)[number]) => tail.columns[WINDOW_COLUMNS.indexOf(name)];
  expect([at('costMicros'), at('unpricedCalls')]).toEqual([[0], [2]]);
});

it('is empty where the store cannot answer in steps of 10 s', async () => {
  expect((await loadLiveTail(storeOf({ requests: [1, 2] }, 60), 't', NOW)).starts).toEqual([]);
});

it('is empty for a team without telemetry in a real store', async () => {
  const pool = openTelemetryPool(world.appUrl, 2);
  const store = createPostgresMetricStore({ pool, clock: systemClock, writer: 'test' });
  const team = await makeTeam(world);
  expect((await loadLiveTail(store, team.id, Date.now())).starts).toEqual([]);
  expect(
    (
      await store.query(team.id, {
        from: Date.now() - 900_000,
        to: Date.now(),
        pixels: 90,
        metric: 'operations',
        measure: 'requests',
        groupBy: 'none',
        top: 1,
      })
    ).stepSeconds,
  ).toBe(10);
  await pool.end();
});

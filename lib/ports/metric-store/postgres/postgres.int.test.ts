import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTelemetryPool } from '#db/telemetry-pool.ts';
import { manualClock } from '#lib/kernel/clock.ts';
import { createBatchStore } from '#lib/pipeline/store/batch.ts';
import { makeAgent, makeTeam } from '#lib/testing/factories.ts';
import { makeSpan } from '#lib/testing/span-factory.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { metricStoreContract, type Store, type StoreHarness } from '../contract.ts';
import type { MetricStore } from '../port.ts';
import { createPostgresMetricStore } from './store.ts';

let world: World;
let pool: pg.Pool;
const raw = new WeakMap<Store, { store: MetricStore<pg.ClientBase>; clock: { now(): number } }>();

beforeAll(async () => {
  world = await createWorld();
  pool = openTelemetryPool(world.appUrl, 12);
});

afterAll(async () => {
  await pool.end();
  await world.close();
});

async function inTransaction(work: (tx: pg.ClientBase) => Promise<void>): Promise<void> {
  const tx = await pool.connect();
  try {
    await tx.query('begin');
    await work(tx);
    await tx.query('commit');
  } finally {
    tx.release();
  }
}

const harness: StoreHarness = {
  makeTeam: async () => (await makeTeam(world)).id,
  makeAgent: async (teamId, name, environment = 'default') =>
    (await makeAgent(world, teamId, { name, environment })).id,
  makeSpan,
  open(clock, writer) {
    const store = createPostgresMetricStore({
      pool,
      clock,
      writer,
      onRollUpError: (error) => {
        throw error;
      },
    });
    const opened: Store = {
      ...store,
      commit: (batch) =>
        inTransaction(async (tx) => {
          const times = [...batch.points.timeMs, ...batch.histograms.map((point) => point.timeMs)];
          await store.append(tx, [batch]);
          await store.markChanged(tx, [{ teamId: batch.teamId, timesMs: times }]);
        }),
    };
    raw.set(opened, { store, clock });
    return opened;
  },
  async storeSpans(store, teamId, spans) {
    const opened = raw.get(store);
    if (!opened) throw new Error('a store of another harness');
    const batches = createBatchStore({ pool, clock: opened.clock, metricStore: opened.store });
    const none = new Float64Array(0);
    const points = { seriesId: new Int32Array(0), timeMs: none, startMs: none, value: none };
    await batches.write([{ teamId, requestHash: randomBytes(32), spans, logs: [], points, histograms: [] }]);
  },
};

metricStoreContract('PostgreSQL', () => harness);

test('roll-ups outlive their spans, also when a late point has their window rolled up again', async () => {
  const teamId = await harness.makeTeam();
  const agentId = await harness.makeAgent(teamId, 'planner');
  const endMs = Math.floor(Date.now() / 60_000) * 60_000 - 26 * 3_600_000;
  const clock = manualClock(endMs + 1000);
  const store = harness.open(clock, 'writer');
  await harness.storeSpans(store, teamId, [{ agentId, span: makeSpan({ endMs, isAgentRun: true }) }]);
  const settle = async (ms: number) => {
    clock.advance(ms);
    await store.rollUp(clock.now());
  };
  await settle(20_000);
  await settle(120_000);
  await pool.query('delete from spans where team_id = $1', [teamId]);
  clock.advance(24 * 3_600_000);
  const identity = {
    agentName: 'planner',
    environment: 'default',
    serviceNamespace: '',
    serviceName: 's',
    instance: '',
    metric: 'late',
    unit: '1',
    kind: 'gauge',
    attributes: {},
  } as const;
  const { ids } = await store.resolveSeries(teamId, [{ agentId, identity }], 10);
  const none = Float64Array.of(0);
  const points = {
    seriesId: Int32Array.of(ids[0] ?? 0),
    timeMs: Float64Array.of(endMs),
    startMs: none,
    value: none,
  };
  await store.commit({ teamId, points, histograms: [] });
  await settle(60_000);
  await settle(120_000);
  const range = { from: endMs, to: endMs + 3 * 3_600_000, pixels: 800, groupBy: 'none', top: 1 } as const;
  const runs = await store.query(teamId, { ...range, metric: 'operations', measure: 'requests' });
  const late = await store.query(teamId, { ...range, metric: 'late', measure: 'count' });
  expect([runs.sampleSize, late.sampleSize]).toEqual([1, 1]);
});

/** A gauge of an agent, as it is asked for. */
function gauge(agentId: string, metric: string) {
  const place = {
    agentName: 'a',
    environment: 'default',
    serviceNamespace: '',
    serviceName: 's',
    instance: '',
  };
  return { agentId, identity: { ...place, metric, unit: '1', kind: 'gauge', attributes: {} } as const };
}

/** Reports of one point a series, all of one time for one agent. */
function reportOf(seriesIds: readonly (number | null)[], timeMs: number) {
  const seriesId = Int32Array.from(seriesIds, (id) => id ?? 0);
  const filled = (value: number) => new Float64Array(seriesId.length).fill(value);
  return { seriesId, timeMs: filled(timeMs), startMs: filled(0), value: filled(1) };
}

test('the first request of many new agents takes a number of statements that does not grow with them', async () => {
  const teamId = await harness.makeTeam();
  const made = await Promise.all(Array.from({ length: 200 }, (_, i) => harness.makeAgent(teamId, `a${i}`)));
  const clock = manualClock(Date.now());
  const store = harness.open(clock, 'writer');
  let statements = 0;
  const count = () => {
    statements += 1;
  };
  pool.on('acquire', count);
  const wanted = made.flatMap((agentId) => ['x', 'y', 'z'].map((metric) => gauge(agentId, metric)));
  const { ids } = await store.resolveSeries(teamId, wanted, 1000);
  await store.commit({ teamId, points: reportOf(ids, clock.now()), histograms: [] });
  pool.off('acquire', count);
  expect(statements).toBeLessThan(20);
  const sets = await pool.query('select 1 from metric_sets where team_id = $1', [teamId]);
  expect(sets.rowCount).toBe(made.length);
});

test('an agent whose reports vary without end has 32 wide rows, also for a process that starts later', async () => {
  const teamId = await harness.makeTeam();
  const agentId = await harness.makeAgent(teamId, 'varying');
  const clock = manualClock(Date.now());
  const names = Array.from({ length: 41 }, (_, i) => `m${i}`);
  const wide = async () =>
    (
      await pool.query('select 1 from metric_sets where team_id = $1 and cardinality(series_ids) > 1', [
        teamId,
      ])
    ).rowCount;
  for (const writer of ['first', 'later']) {
    const store = harness.open(clock, writer);
    const { ids } = await store.resolveSeries(
      teamId,
      names.map((name) => gauge(agentId, name)),
      1000,
    );
    for (let i = 0; i + 1 < ids.length; i++) {
      clock.advance(1);
      await store.commit({ teamId, points: reportOf(ids.slice(i, i + 2), clock.now()), histograms: [] });
    }
    expect(await wide()).toBe(32);
  }
  const values = await pool.query<{ values: string; rows: string }>(
    `select sum(cardinality(p.values)) as values, count(*) as rows from metric_points p
     join metric_sets m on m.id = p.set_id where m.team_id = $1`,
    [teamId],
  );
  expect(values.rows[0]).toEqual({ values: '160', rows: '96' });
});

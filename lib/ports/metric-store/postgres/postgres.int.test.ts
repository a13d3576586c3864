import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { afterAll, beforeAll } from 'vitest';
import { openTelemetryPool } from '#db/telemetry-pool.ts';
import { createBatchStore } from '#lib/pipeline/store-batch.ts';
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
  makeAgent: async (teamId, name) => (await makeAgent(world, teamId, { name })).id,
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

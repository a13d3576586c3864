import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createPartitions } from '#db/partitions.ts';
import { openTelemetryPool } from '#db/telemetry-pool.ts';
import { systemClock } from '#lib/kernel/clock.ts';
import { createPostgresMetricStore } from '#lib/ports/metric-store/postgres/store.ts';
import { makeAgent, makeTeam } from '#lib/testing/factories.ts';
import { makeSpan } from '#lib/testing/span-factory.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { createBatchStore } from './batch.ts';
import { maintainTelemetry } from './retention.ts';

const DAY_MS = 86_400_000;
let world: World;
let pool: pg.Pool;

beforeAll(async () => {
  world = await createWorld();
  pool = openTelemetryPool(world.appUrl, 4);
});

afterAll(async () => {
  await pool.end();
  await world.close();
});

async function storeSpan(teamId: string, agentId: string, endMs: number): Promise<void> {
  const metricStore = createPostgresMetricStore({ pool, clock: systemClock, writer: 'test' });
  const none = new Float64Array(0);
  const points = { seriesId: new Int32Array(0), timeMs: none, startMs: none, value: none };
  const spans = [{ agentId, span: makeSpan({ endMs }) }];
  const request = { teamId, requestHash: randomBytes(32), spans, logs: [], points, histograms: [] };
  await createBatchStore({ pool, metricStore, clock: systemClock }).write([request]);
}

async function partitionsOf(parent: string): Promise<string[]> {
  const found = await pool.query(
    `select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
     where i.inhparent = $1::regclass order by 1`,
    [parent],
  );
  return found.rows.map((row) => row.relname);
}

test('old days go as whole partitions, a team that keeps less loses its rows, and coming days are ready', async () => {
  const now = systemClock.now();
  const long = await makeTeam(world, { spanRetentionDays: 10 });
  const short = await makeTeam(world, { spanRetentionDays: 3 });
  for (const team of [long, short]) {
    const agent = await makeAgent(world, team.id);
    for (const days of [12, 5, 1]) await storeSpan(team.id, agent.id, now - days * DAY_MS);
  }
  const metricStore = createPostgresMetricStore({ pool, clock: systemClock, writer: 'test' });
  const partitions = createPartitions(pool);
  await maintainTelemetry({ pool, partitions, metricStore, rawRetentionDays: 30 }, now);
  const kept = await pool.query('select team_id, count(*)::int as n from spans group by 1');
  expect(Object.fromEntries(kept.rows.map((row) => [row.team_id, row.n]))).toEqual({
    [long.id]: 2,
    [short.id]: 1,
  });
  // Today and the next two days, yesterday and five days ago.
  expect(await partitionsOf('spans')).toHaveLength(5);
  for (const table of ['metric_points', 'rollup_metrics_10', 'rollup_metrics_60']) {
    expect(await partitionsOf(table)).toHaveLength(3);
  }
});

test("the receiver's book is kept for 30 days", async () => {
  const now = systemClock.now();
  const { id } = await makeTeam(world);
  const dayOf = (daysAgo: number): string => new Date(now - daysAgo * DAY_MS).toISOString().slice(0, 10);
  for (const daysAgo of [31, 30, 0]) {
    await pool.query(
      `insert into sender_stats (team_id, day, sender, signal, outcome, count, last_at)
       values ($1, $2, 'shop', 'traces', 'accepted', 1, now())`,
      [id, dayOf(daysAgo)],
    );
  }
  const metricStore = createPostgresMetricStore({ pool, clock: systemClock, writer: 'test' });
  const partitions = createPartitions(pool);
  await maintainTelemetry({ pool, partitions, metricStore, rawRetentionDays: 30 }, now);
  const kept = await pool.query('select day::text from sender_stats where team_id = $1 order by 1', [id]);
  expect(kept.rows.map(({ day }) => day)).toEqual([dayOf(30), dayOf(0)]);
});

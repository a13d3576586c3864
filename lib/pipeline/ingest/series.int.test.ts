import { createHash } from 'node:crypto';
import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTelemetryPool } from '#db/telemetry-pool.ts';
import { registerAgents } from '#lib/agents/register-agents.ts';
import { manualClock } from '#lib/kernel/clock.ts';
import { createBatchStore } from '#lib/pipeline/store/batch.ts';
import { createPostgresMetricStore } from '#lib/ports/metric-store/postgres/store.ts';
import { makeTeam } from '#lib/testing/factories.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { createAgentDirectory } from './agents.ts';
import { createMetricsStage } from './metrics.ts';
import { createSeriesDirectory } from './series.ts';

const DAY_MS = 86_400_000;
const KEPT = { raw: 5, levels: { 10: 0.25, 60: 90, 3600: 396, 86400: 100_000 } };
const clock = manualClock(Date.now());
let world: World;
let pool: pg.Pool;

beforeAll(async () => {
  world = await createWorld();
  pool = openTelemetryPool(world.appUrl, 6);
});

afterAll(async () => {
  await pool.end();
  await world.close();
});

/** What one ingest process remembers, and how it takes a request of gauges, one of each instance. */
function openProcess(teamId: string, perAgent: number) {
  const metricStore = createPostgresMetricStore({ pool, clock, writer: `w${Math.random()}` });
  const agents = createAgentDirectory(
    async (team, heard) => (await registerAgents(pool, team, heard, 10)).ids,
    clock,
  );
  const series = createSeriesDirectory({
    silentAfterMs: 300_000,
    store: metricStore,
    agents,
    limits: { perAgent, perTeam: 1000 },
  });
  const stage = createMetricsStage(series);
  const batches = createBatchStore({ pool, metricStore, clock });
  const settings = {
    ...{ captureContent: false, redactor: null },
    ...{ rawRetentionDays: 30, spanRetentionDays: 14, logRetentionDays: 7 },
  };
  async function take(...instances: string[]) {
    const body = Buffer.from(JSON.stringify(gauges(instances)));
    const requestHash = createHash('sha256').update(body).digest();
    const request = {
      ...({ teamId, keyId: 'key', signal: 'metrics', encoding: 'json', body } as const),
      receivedAtMs: clock.now(),
    };
    const prepared = await stage({ request, requestHash, settings, nowMs: clock.now() });
    await batches.write([prepared.store]);
    return prepared.refusals.byReason;
  }
  return { take, maintain: () => metricStore.maintain(clock.now(), KEPT) };
}

const text = (key: string, value: string) => ({ key, value: { stringValue: value } });
const gauges = (instances: readonly string[]) => ({
  resourceMetrics: instances.map((instance) => ({
    resource: { attributes: [text('service.name', 'shop'), text('service.instance.id', instance)] },
    scopeMetrics: [
      {
        metrics: [
          { name: 'load', gauge: { dataPoints: [{ timeUnixNano: `${clock.now()}000000`, asDouble: 1 }] } },
        ],
      },
    ],
  })),
});

/** Values that can be found: their set leads to a series. */
async function findable(teamId: string): Promise<number> {
  const found = await pool.query<{ points: number }>(
    `select count(*)::int as points from metric_points p join metric_sets m on m.id = p.set_id
     join series s on s.id = any(m.series_ids) where m.team_id = $1 and p.at > $2`,
    [teamId, new Date(clock.now() - DAY_MS)],
  );
  return found.rows[0]?.points ?? 0;
}

test('points are findable after their series was forgotten as idle, also by a process that remembers it', async () => {
  const { id: teamId } = await makeTeam(world);
  const [one, other] = [openProcess(teamId, 10), openProcess(teamId, 10)];
  for (const process of [one, other]) {
    await process.take('a', 'b');
    clock.advance(1000);
  }
  clock.advance(7 * DAY_MS);
  await other.maintain();
  await one.take('a', 'b');
  clock.advance(1000);
  await other.take('a', 'b');
  expect(await findable(teamId)).toBe(4);
});

test('security P9: series count against the cap of an agent while they are used, in a process that remembers them too', async () => {
  const { id: teamId } = await makeTeam(world);
  const [one, other] = [openProcess(teamId, 2), openProcess(teamId, 2)];
  expect(await one.take('a', 'b', 'c')).toEqual({ too_many_series: 1 });
  for (let minute = 0; minute < 70; minute += 10) {
    clock.advance(10 * 60_000);
    expect(await one.take('a')).toEqual({});
  }
  expect(await other.take('d', 'e')).toEqual({ too_many_series: 1 });
  clock.advance(10_000);
  expect(await one.take('a', 'b')).toEqual({ too_many_series: 1 });
  expect(await one.take('a')).toEqual({});
});

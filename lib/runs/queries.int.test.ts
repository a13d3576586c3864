import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTelemetryPool } from '#db/telemetry-pool.ts';
import { ask } from '#lib/command/define-query.ts';
import { systemClock } from '#lib/kernel/clock.ts';
import type { NormalisedSpan } from '#lib/model/telemetry.ts';
import { createBatchStore } from '#lib/pipeline/store/batch.ts';
import { createPostgresMetricStore } from '#lib/ports/metric-store/postgres/store.ts';
import { commandContext, userActor } from '#lib/testing/command-context.ts';
import { makeAgent, makeTeam } from '#lib/testing/factories.ts';
import { makeSpan } from '#lib/testing/span-factory.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { listRuns } from './queries.ts';

let world: World;
let pool: pg.Pool;
let teamId: string;
let planner: string;
let helper: string;
const now = Date.now();
const list = (input: unknown, team = teamId) =>
  ask(commandContext(world), userActor(team, 'viewer'), listRuns, input);

async function store(spans: { agentId: string; span: NormalisedSpan }[]): Promise<void> {
  const metricStore = createPostgresMetricStore({ pool, clock: systemClock, writer: 'test' });
  const none = new Float64Array(0);
  const points = { seriesId: new Int32Array(0), timeMs: none, startMs: none, value: none };
  const request = { teamId, requestHash: randomBytes(32), spans, logs: [], points, histograms: [] };
  await createBatchStore({ pool, metricStore, clock: systemClock }).write([request]);
}

beforeAll(async () => {
  world = await createWorld();
  pool = openTelemetryPool(world.appUrl, 4);
  teamId = (await makeTeam(world)).id;
  planner = (await makeAgent(world, teamId, { name: 'planner' })).id;
  helper = (await makeAgent(world, teamId, { name: 'helper' })).id;
  const root = makeSpan({ endMs: now, durationMs: 900, isAgentRun: true, operation: 'invoke_agent' });
  const traceId = root.traceId;
  const sub = makeSpan({
    endMs: now - 100,
    isAgentRun: true,
    operation: 'invoke_agent',
    isError: true,
    errorType: 'timeout',
    traceId,
    parentSpanId: root.spanId,
  });
  const usage = {
    inputTokens: 7,
    outputTokens: 3,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    reasoningTokens: 0,
  };
  const chat = makeSpan({ endMs: now - 200, traceId, parentSpanId: sub.spanId, usage, costPriced: 0.25 });
  await store([
    { agentId: planner, span: root },
    { agentId: helper, span: sub },
    { agentId: helper, span: chat },
    ...Array.from({ length: 25 }, (_, i) => ({
      agentId: planner,
      // Many end in the same millisecond: only the span id orders them.
      span: makeSpan({
        endMs: now - 60_000 - (i >> 3),
        isAgentRun: true,
        operation: 'invoke_agent',
        name: `run ${i}`,
      }),
    })),
  ]);
});

afterAll(async () => {
  await pool.end();
  await world.close();
});

test('a run has its times, its outcome and the usage of everything below it', async () => {
  const { runs } = await list({ limit: 2 });
  expect(runs).toMatchObject([
    {
      agentName: 'planner',
      isRoot: true,
      status: 'ok',
      durationMs: 900,
      inputTokens: 7,
      modelCalls: 1,
      cost: 0.25,
    },
    { agentName: 'helper', isRoot: false, status: 'error', errorType: 'timeout', outputTokens: 3 },
  ]);
  expect(runs[0]?.endedAt).toBe(now);
  expect(runs[0]?.startedAt).toBe(now - 900);
});

test('pages follow each other without a gap or a repeat, also within one millisecond', async () => {
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await list({ limit: 4, agentId: planner, ...(cursor ? { cursor } : {}) });
    seen.push(...page.runs.map((run) => run.spanId));
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
  expect(seen).toHaveLength(26);
  expect(new Set(seen).size).toBe(26);
});

test('failed runs can be asked for alone, and a broken cursor is refused by name', async () => {
  expect((await list({ status: 'error' })).runs.map((run) => run.agentName)).toEqual(['helper']);
  await expect(list({ cursor: 'nonsense' })).rejects.toMatchObject({ code: 'invalid' });
});

test('another team sees no run, not even of an agent whose id it knows', async () => {
  const stranger = (await makeTeam(world)).id;
  expect((await list({ agentId: planner }, stranger)).runs).toEqual([]);
});

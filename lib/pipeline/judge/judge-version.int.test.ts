import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTelemetryPool } from '#db/telemetry-pool.ts';
import { touchAgents } from '#lib/agents/touch-agents.ts';
import { ask } from '#lib/command/define-query.ts';
import { gateDefinitionSchema } from '#lib/model/gate.ts';
import { sampleVersion } from '#lib/runs/version-samples.ts';
import { commandContext, everyFeature, userActor } from '#lib/testing/command-context.ts';
import { makeAgent, makeTeam } from '#lib/testing/factories.ts';
import { makeSpan } from '#lib/testing/span-factory.ts';
import { badRuns, makeRun, spread, storeSpans } from '#lib/testing/version-runs.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { readGateSamples } from './gate-samples.ts';
import { judgeVersion } from './judge-version.ts';

let world: World;
let pool: pg.Pool;
let teamId: string;
const now = Date.now();
const HOUR = 3_600_000;

beforeAll(async () => {
  world = await createWorld();
  pool = openTelemetryPool(world.appUrl, 4);
  teamId = (await makeTeam(world)).id;
});
afterAll(async () => {
  await pool.end();
  await world.close();
});

const store = (agentId: string, spans: Parameters<typeof storeSpans>[3]) =>
  storeSpans(pool, teamId, agentId, spans);
const agent = async () => (await makeAgent(world, teamId)).id;
const context = () => commandContext(world, { features: everyFeature });
const judge = (input: object, team = teamId) =>
  ask(context(), userActor(team, 'viewer'), judgeVersion, input);

test('a release with 20 % errors and twice the cost is failed by the telemetry of both versions in the same time', async () => {
  const id = await agent();
  const from = now - HOUR;
  await store(id, [
    ...spread(300, from, now - 60_000).flatMap((endMs) => makeRun({ version: '1.4.0', endMs })),
    ...badRuns('1.5.0', spread(200, from, now - 60_000)),
  ]);
  const at = { agentId: id, convention: null };
  await touchAgents(pool, [{ ...at, lastTelemetryMs: from - HOUR, version: '1.4.0' }]);
  await touchAgents(pool, [{ ...at, lastTelemetryMs: from, version: '1.5.0' }]);
  const judged = await judge({ agentId: id, version: '1.5.0', from });
  expect(judged).toMatchObject({
    verdict: 'fail',
    comparison: 'same_window',
    candidate: { version: '1.5.0', totalRuns: 200, judgedRuns: 200 },
    baseline: { version: '1.4.0', totalRuns: 300 },
  });
  expect(
    judged.metrics.map(({ metric, state, candidate, baseline }) => [
      metric,
      state,
      candidate.value,
      baseline.value,
    ]),
  ).toEqual([
    ['error_rate', 'fail', 0.2, 0],
    ['tool_failure_rate', 'fail', 0.1, 0],
    ['p95_latency', 'pass', 900, 900],
    ['cost', 'fail', expect.closeTo(0.02, 9), expect.closeTo(0.01, 9)],
    ['tokens', 'pass', 100, 100],
  ]);
  expect(judged.reason).toContain('20% of 200 runs failed, 0% of 300 runs with 1.4.0: +20 points');
});

test('where the versions did not run side by side the old one is judged by its last time before', async () => {
  const id = await agent();
  const [before, change] = [now - 6 * HOUR, now - 2 * HOUR];
  await store(id, [
    ...spread(60, before, change - HOUR).flatMap((endMs) => makeRun({ version: 'a', endMs })),
    // The last replica of the old version still answers two runs.
    ...spread(2, change, change + 1000).flatMap((endMs) => makeRun({ version: 'a', endMs })),
    ...spread(60, change, now - 60_000).flatMap((endMs) => makeRun({ version: 'b', endMs })),
  ]);
  const window = { agentId: id, version: 'b', baselineVersion: 'a', from: change, to: now, minimumRuns: 10 };
  const samples = await readGateSamples(world.db, teamId, window);
  expect(samples.comparison).toBe('before_after');
  expect(samples.baseline.to).toBeGreaterThan(change);
  expect(samples.baseline.to - samples.baseline.from).toBe(now - change);
  // Of its last two hours, one had passed before the change.
  expect(samples.baseline.runs.length).toBeGreaterThan(10);
  const none = await readGateSamples(world.db, teamId, { ...window, baselineVersion: 'never' });
  expect(none.baseline).toMatchObject({ total: 0, runs: [] });
});

test('a run has the tools, the tokens and the cost of everything below it, and what is not known is no zero', async () => {
  const id = await agent();
  const endMs = now - 60_000;
  const [run, call, ...tools] = makeRun({ version: 'v', endMs, failedTools: 1 });
  if (!run || !call) throw new Error('a run has a model call');
  const deeper = makeSpan({
    ...call,
    spanId: 'aaaaaaaaaaaaaaaa',
    parentSpanId: tools[0]?.spanId ?? null,
    costPriced: 0.03,
  });
  const silent = makeRun({ version: 'v', endMs: endMs + 1 });
  const refused = makeRun({ version: 'v', endMs: endMs + 2 });
  await store(id, [
    ...[run, call, ...tools, deeper],
    ...silent.map((span) => ({ ...span, usage: null, costPriced: null })),
    ...refused.map((span) => (span.usage ? { ...span, usage: null, costPriced: null, isError: true } : span)),
    ...makeRun({ version: 'v', endMs: endMs + 3, cost: null }),
  ]);
  const { runs, total } = await sampleVersion(world.db, teamId, {
    agentId: id,
    version: 'v',
    from: 0,
    to: now,
  });
  expect(total).toBe(4);
  expect(runs.map(({ cost, tokens, failedToolCalls }) => [cost, tokens, failedToolCalls]).toSorted()).toEqual(
    [
      [0.04, 200, 1],
      [null, null, 0],
      [0, 0, 0],
      [null, 100, 0],
    ].toSorted(),
  );
});

test('an agent without runs of its own is judged by the roots of its traces', async () => {
  const id = await agent();
  const root = { serviceVersion: 'v', endMs: now - 60_000, operation: 'step' as const };
  await store(id, [makeSpan(root), makeSpan({ ...root, parentSpanId: 'bbbbbbbbbbbbbbbb' }), makeSpan(root)]);
  const { runs } = await sampleVersion(world.db, teamId, { agentId: id, version: 'v', from: 0, to: now });
  expect(runs).toHaveLength(2);
});

test('security Z4: runs of another team are in no sample, and its agents are unknown', async () => {
  const id = await agent();
  await store(id, makeRun({ version: 'v', endMs: now - 60_000 }));
  const stranger = (await makeTeam(world)).id;
  const window = { agentId: id, version: 'v', from: 0, to: now };
  expect((await sampleVersion(world.db, stranger, window)).total).toBe(0);
  const question = { agentId: id, version: 'v', baselineVersion: 'u', from: now - HOUR };
  await expect(judge(question, stranger)).rejects.toMatchObject({ code: 'not_found' });
});

test.each([
  [{ from: now + HOUR }, 'from'],
  [{ from: now - 8 * 24 * HOUR }, 'from'],
  [{ from: now - HOUR }, 'baselineVersion'],
  [{ from: now - HOUR, baselineVersion: 'v' }, 'baselineVersion'],
  [{ from: now - HOUR, baselineVersion: 'u', look: 0 }, 'look'],
  [
    { from: now - HOUR, baselineVersion: 'u', gate: { metrics: [{ metric: 'cost' }, { metric: 'cost' }] } },
    'gate.metrics',
  ],
])('a question that cannot be answered is refused at its field: %j', async (values, path) => {
  const given = { agentId: await agent(), version: 'v', ...values };
  await expect(judge(given)).rejects.toMatchObject({ code: 'invalid', issues: [{ path }] });
});

test('a gate needs no more than a name of a metric, and says what it assumes', () => {
  expect(gateDefinitionSchema.parse({ metrics: [{ metric: 'cost' }] })).toEqual({
    metrics: [{ metric: 'cost', margin: 0.2, noData: 'pause' }],
    queries: [],
    confidence: 0.99,
    looks: 5,
    minimumRuns: 50,
    passes: 'unless_worse',
  });
});

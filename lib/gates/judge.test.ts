import { expect, test } from 'vitest';
import { gateDefinitionSchema, type RunSample, type VersionSample } from '#lib/model/gate.ts';
import { type RandomNumbers, randomNumbers } from '#lib/testing/random-numbers.ts';
import { judge } from './judge.ts';

interface Agent {
  errors: number;
  toolFailures: number;
  /** Times the usual. */
  cost: number;
  slowness: number;
}
const USUAL: Agent = { errors: 0.01, toolFailures: 0.02, cost: 1, slowness: 1 };

/** A run of an agent: skewed costs and durations, tool calls that fail together in some runs. */
function makeRun(
  { errors, toolFailures, cost, slowness }: Agent,
  { uniform, normal }: RandomNumbers,
): RunSample {
  const size = Math.exp(normal());
  const toolCalls = Math.floor(uniform() * 8);
  const failure = uniform() < 0.05 ? 0.6 : toolFailures;
  return {
    durationMs: 1000 * slowness * Math.exp(normal()),
    isError: uniform() < errors,
    cost: 0.02 * cost * size,
    tokens: Math.round(3000 * size),
    toolCalls,
    failedToolCalls: Array.from({ length: toolCalls }, uniform).filter((chance) => chance < failure).length,
  };
}

const runsOf = (count: number, agent: Agent, random: RandomNumbers) =>
  Array.from({ length: count }, () => makeRun(agent, random));

function sample(version: string, runs: readonly RunSample[]): VersionSample {
  return { version, from: 0, to: 3_600_000, total: runs.length, runs };
}

const gate = (values: object = {}) => gateDefinitionSchema.parse(values);

function look(
  runs: { fresh: readonly RunSample[]; former: readonly RunSample[] },
  at: number,
  definition = gate(),
) {
  const samples = { candidate: sample('1.5.0', runs.fresh), baseline: sample('1.4.0', runs.former) };
  return judge(definition, { comparison: 'same_window', ...samples }, at);
}

/** A rollout: at each look more runs have come; gives the verdict that ended it and the runs of the new version. */
function rollOut(agent: Agent, random: RandomNumbers, definition: ReturnType<typeof gate>, perLook: number) {
  const fresh: RunSample[] = [];
  const former: RunSample[] = [];
  for (let at = 1; ; at += 1) {
    fresh.push(...runsOf(perLook, agent, random));
    former.push(...runsOf(perLook, USUAL, random));
    const { verdict } = look({ fresh, former }, at, definition);
    if (verdict === 'fail' || at === definition.looks) return { verdict, runs: fresh.length };
  }
}

const strict = gate({
  metrics: ['error_rate', 'tool_failure_rate', 'p95_latency', 'cost', 'tokens'].map((metric) => ({
    metric,
    margin: 0,
  })),
});

test('of 1,000 rollouts of a version that is no different at most 1 % fail, with every metric, every look and no margin', {
  timeout: 60_000,
}, () => {
  const random = randomNumbers(20_261_129);
  let failed = 0;
  for (let i = 0; i < 1000; i += 1) {
    if (rollOut(USUAL, random, strict, 40).verdict === 'fail') failed += 1;
  }
  expect(failed).toBeLessThanOrEqual(10);
});

test.each([
  ['20 % of errors against 1 %', { ...USUAL, errors: 0.2 }, 160],
  ['doubled cost', { ...USUAL, cost: 2 }, 400],
])('%s are failed within a stated number of runs, in 19 of 20 rollouts', (_, agent, within) => {
  const random = randomNumbers(4);
  const rollouts = Array.from({ length: 60 }, () => rollOut(agent, random, gate(), within / 4));
  const caught = rollouts.filter(({ verdict, runs }) => verdict === 'fail' && runs <= within);
  expect(caught.length).toBeGreaterThanOrEqual(57);
});

/** So many runs of which so many failed; everything else the same. */
const failing = (count: number, failed: number): RunSample[] =>
  Array.from({ length: count }, (_, i) => ({
    ...{ durationMs: 1000 + (i % 7), isError: i < failed, cost: 0.01, tokens: 100 },
    ...{ toolCalls: 1, failedToolCalls: 0 },
  }));

test('a verdict says in words what was seen, of how many runs, and how sure it is', () => {
  const { verdict, reason, metrics } = look({ fresh: failing(120, 24), former: failing(940, 9) }, 1);
  expect(verdict).toBe('fail');
  expect(reason).toBe(
    '20% of 120 runs failed, 0.96% of 940 runs with 1.4.0: +19 points, at least +8.7 points with 99% confidence; +2 points is allowed.',
  );
  expect(metrics.map(({ metric, state }) => [metric, state])).toEqual([
    ['error_rate', 'fail'],
    ['tool_failure_rate', 'inconclusive'],
    ['p95_latency', 'inconclusive'],
    ['cost', 'pass'],
    ['tokens', 'pass'],
  ]);
});

test('deployment S-99: nothing passes on fewer runs than the gate asks for, and the reason counts them', () => {
  const { verdict, reason } = look({ fresh: failing(30, 0), former: failing(900, 0) }, 5);
  expect(verdict).toBe('inconclusive');
  expect(reason).toContain('The error rate needs 50 runs of either version; there are 30 of 1.5.0 so far.');
  expect(look({ fresh: failing(900, 0), former: failing(900, 0) }, 5).verdict).toBe('pass');
});

test('a version whose runs all fail is failed before it has had enough of them to pass', () => {
  expect(look({ fresh: failing(20, 20), former: failing(900, 5) }, 1).verdict).toBe('fail');
});

test('what is not shown either way passes at the last look only, and never where proof is asked for', () => {
  const runs = { fresh: failing(200, 4), former: failing(200, 3) };
  expect(look(runs, 4).verdict).toBe('inconclusive');
  expect(look(runs, 5)).toMatchObject({ verdict: 'pass', metrics: [{ state: 'pass' }, {}, {}, {}, {}] });
  expect(look(runs, 5, gate({ passes: 'when_proven' })).verdict).toBe('inconclusive');
});

test('a version that is shown to be fine in everything passes before the last look', () => {
  expect(look({ fresh: failing(3000, 0), former: failing(3000, 0) }, 1).verdict).toBe('pass');
});

test('a look that was not planned decides nothing, and says why', () => {
  const judged = look({ fresh: failing(500, 400), former: failing(500, 0) }, 6);
  expect(judged).toMatchObject({ verdict: 'inconclusive', metrics: [] });
  expect(judged.reason).toContain('planned for 5 looks');
});

const unpriced = (runs: RunSample[], share: number) =>
  runs.map((run, i) => (i < share * runs.length ? { ...run, cost: null } : run));

test('deployment S-97: a cost that is not known is no data, never 0, and counts as the gate says', () => {
  const runs = { fresh: unpriced(failing(200, 0), 0.3), former: failing(200, 0) };
  const verdictWith = (noData: string) =>
    look(runs, 5, gate({ metrics: [{ metric: 'cost', noData }, { metric: 'error_rate' }] }));
  const paused = verdictWith('pause');
  expect(paused.verdict).toBe('inconclusive');
  expect(paused.reason).toBe('The cost a run has no data: for 30% of the runs of 1.5.0 no price is known.');
  expect(paused.metrics[0]).toMatchObject({ state: 'no_data', change: null, low: null, high: null });
  expect([verdictWith('fail').verdict, verdictWith('ignore').verdict]).toEqual(['fail', 'pass']);
});

test('a version without a run in its time has no data', () => {
  const { verdict, reason } = look({ fresh: failing(200, 0), former: [] }, 5);
  expect(verdict).toBe('inconclusive');
  expect(reason).toContain('The error rate has no data: no run of 1.4.0 in its time.');
});

test('what neither version does is left out: an agent without tools is judged by the rest', () => {
  const plain = (runs: RunSample[]) => runs.map((run) => ({ ...run, toolCalls: 0, failedToolCalls: 0 }));
  const judged = look({ fresh: plain(failing(900, 0)), former: plain(failing(900, 0)) }, 5);
  expect(judged).toMatchObject({ verdict: 'pass', metrics: [{}, { state: 'no_data' }, {}, {}, {}] });
  const onlyNew = look({ fresh: failing(900, 0), former: plain(failing(900, 0)) }, 5);
  expect(onlyNew.verdict).toBe('inconclusive');
});

test('the same samples always get the same verdict, in bounded time', () => {
  const random = randomNumbers(9);
  const runs = { fresh: runsOf(2000, USUAL, random), former: runsOf(2000, { ...USUAL, cost: 1.3 }, random) };
  const startedAt = performance.now();
  const judged = look(runs, 3);
  expect(performance.now() - startedAt).toBeLessThan(2000);
  expect(look(runs, 3)).toEqual(judged);
});

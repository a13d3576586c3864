import { expect, test } from 'vitest';
import { type RuleDefinitionInput, ruleDefinitionSchema } from '#lib/model/alert-rule-schema.ts';
import { sketchBin } from '#lib/telemetry/sketch.ts';
import { liveRule } from './live-rule.ts';
import { LiveSeries } from './live-series.ts';

const NOW = 1_800_000_000_000;
const compile = (definition: RuleDefinitionInput) =>
  liveRule({
    id: 'r',
    teamId: 't',
    name: 'n',
    version: 1,
    definition: ruleDefinitionSchema.parse(definition),
  });
const levels = { critical: 10 };

/** A series with 10 runs, 4 of them failed, of 100 ms each, 500 tokens and half a dollar. */
function series(): LiveSeries {
  const made = new LiveSeries();
  made.add(NOW, [10, 4, 300, 200, 500_000], [sketchBin(100), 10]);
  return made;
}

test.each([
  ['requests', 2],
  ['errors', 0.8],
  ['tokens', 100],
  ['cost', 0.1],
  ['error_rate', 0.4],
] as const)('%s of five minutes reads as the store would say it: %d', (measure, expected) => {
  const rule = compile({ type: 'threshold', source: { measure }, levels });
  expect(rule?.read(series(), NOW)).toBeCloseTo(expected);
});

test('percentiles are those of the runs, ratios those of a run', () => {
  const p95 = compile({ type: 'threshold', source: { measure: 'latency_p95' }, levels });
  expect((p95?.read(series(), NOW) ?? 0) / 100).toBeCloseTo(1, 1);
  const cost = compile({ type: 'ratio', ratio: 'cost_per_run', levels });
  expect(cost?.read(series(), NOW)).toBeCloseTo(0.05);
});

test('too few runs are no data', () => {
  const rule = compile({ type: 'ratio', levels, minimumCount: 11 });
  expect(rule?.read(series(), NOW)).toBeNull();
});

const waiting: [string, RuleDefinitionInput][] = [
  ['a hold time', { type: 'threshold', levels, forSeconds: 1 }],
  ['a long window', { type: 'threshold', levels, windowSeconds: 910 }],
  ['a value that is too low', { type: 'threshold', levels, operator: '<' }],
  ['groups of agents', { type: 'threshold', levels, groupBy: 'type' }],
  ['a model', { type: 'threshold', levels, source: { model: 'gpt-4o' } }],
  ['tool calls', { type: 'threshold', levels, source: { of: 'tool' } }],
  ['averages', { type: 'threshold', levels, source: { metric: 'm', measure: 'avg' } }],
  ['absence', { type: 'absence', levels }],
  ['anomalies', { type: 'anomaly', levels }],
];
test.each(waiting)('a rule with %s waits for the grid', (_, definition) => {
  expect(compile(definition)).toBeNull();
});

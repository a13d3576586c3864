import { expect, test } from 'vitest';
import { SCALING_DEFAULTS, type ScalingState } from '#lib/model/scaling.ts';
import { ruleWords, verdictWords } from './words.ts';

const rule = { ...SCALING_DEFAULTS, minReplicas: 1, maxReplicas: 5 };
const state = (values: Partial<ScalingState>): ScalingState => ({
  ...{ at: 0, outcome: 'change', hold: null, from: 2, to: 5, words: '', load: 1, costPerHour: null },
  workload: null,
  ...values,
});

test('a policy reads as a sentence', () => {
  expect(ruleWords({ ...rule, load: { by: 'request_rate', target: 30 } })).toBe(
    '1 to 5 replicas, 30 runs a minute for each.',
  );
  expect(ruleWords({ ...rule, load: null, costPerHour: 2 })).toBe('1 to 5 replicas, at most $2.00 an hour.');
  expect(ruleWords({ ...rule, load: { by: 'p95_latency', target: 2000 } })).toContain('end within 2 s');
});

test('the conclusion says what is asked for, and that a dry run changes nothing', () => {
  expect(verdictWords({ state: state({}), isDryRun: true })).toBe(
    '2 replicas, 5 are asked for. This is a dry run: nothing is changed.',
  );
  expect(verdictWords({ state: state({ outcome: 'hold', hold: 'hpa' }), isDryRun: false })).toBe(
    'Left alone at 2 replicas.',
  );
  expect(verdictWords({ state: state({ outcome: 'stay', to: 2 }), isDryRun: false })).toContain(
    'stays so for now',
  );
  expect(verdictWords({ state: null, isDryRun: true })).toContain('Not looked at yet');
});

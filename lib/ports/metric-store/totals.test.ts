import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addObservation, emptyMetricTotals, mergeMetricTotals } from './metric-totals.ts';
import {
  addSpan,
  type CountedSpan,
  emptyOperationTotals,
  mergeOperationTotals,
  operationKey,
} from './operation-totals.ts';

const span = (values: Partial<CountedSpan> = {}): CountedSpan => ({
  operation: 'chat',
  isAgentRun: false,
  isError: false,
  isSoftFailure: false,
  durationMs: 10,
  provider: 'openai',
  model: 'gpt-4o',
  usage: null,
  cost: null,
  ...values,
});

test.each([
  [span({ isAgentRun: true, operation: 'invoke_agent' }), 'run', ''],
  [span(), 'model', 'gpt-4o'],
  [span({ operation: 'execute_tool' }), 'tool', ''],
  [span({ operation: 'step' }), 'step', ''],
  [
    span({ operation: 'step', usage: { input: 1, output: 0, cacheRead: 0, cacheWrite: 0, reasoning: 0 } }),
    'step',
    'gpt-4o',
  ],
])('a span is counted under its class, with a model only where tokens are', (given, kind, model) => {
  expect(operationKey(given)).toMatchObject({ class: kind, model });
});

const spans = fc.array(
  fc.record({
    durationMs: fc.double({ min: 0, max: 1e6, noNaN: true }),
    isError: fc.boolean(),
    cost: fc.option(fc.integer({ max: 100, min: 0 })),
    usage: fc.option(fc.constant({ input: 3, output: 2, cacheRead: 1, cacheWrite: 0, reasoning: 1 })),
  }),
);

test('totals of parts are the totals of the whole, however it is cut', () => {
  fc.assert(
    fc.property(spans, fc.nat(20), (given, cut) => {
      const all = emptyOperationTotals();
      const [left, right] = [emptyOperationTotals(), emptyOperationTotals()];
      given.forEach((values, i) => {
        addSpan(all, span(values));
        addSpan(i < cut ? left : right, span(values));
      });
      mergeOperationTotals(left, right);
      expect(left.durations.toPairs()).toEqual(all.durations.toPairs());
      expect(left.durationSum).toBeCloseTo(all.durationSum, 3);
      const counts = { durations: null, durationSum: null };
      expect({ ...left, ...counts }).toEqual({ ...all, ...counts });
    }),
  );
});

test('a gauge that went below zero has no percentiles, also after merging', () => {
  const [plain, negative] = [emptyMetricTotals(), emptyMetricTotals()];
  addObservation(plain, { timeMs: 1, value: 5, sent: 5 }, true);
  addObservation(negative, { timeMs: 2, value: -5, sent: -5 }, true);
  addObservation(negative, { timeMs: 3, value: 7, sent: 7 }, true);
  expect(plain.sketch?.quantile(0.5)).toBeCloseTo(5, 0);
  mergeMetricTotals(plain, negative);
  expect(plain).toMatchObject({ count: 3, sum: 7, min: -5, max: 7, last: 7, sketch: null });
});

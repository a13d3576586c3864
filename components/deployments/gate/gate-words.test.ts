import { expect, test } from 'vitest';
import { changeWords, rangeWords, scaleOf, valueWords } from './gate-words.ts';

const evidence = {
  state: 'fail',
  reason: '',
  candidate: { runs: 1, value: 1 },
  baseline: { runs: 1, value: 1 },
};

test('values and changes are said in what they are measured in', () => {
  expect(valueWords('error_rate', 0.2)).toBe('20%');
  expect(valueWords('p95_latency', 1200)).toBe('1.2 s');
  expect(valueWords('cost', null)).toBe('–');
  expect(changeWords('error_rate', 0.185)).toBe('+19 points');
  expect(changeWords('cost', -0.042)).toBe('−4.2%');
  expect(changeWords('cost', 0)).toBe('0%');
});

test('an interval says what is not known of it', () => {
  expect(rangeWords({ metric: 'cost', low: 0.8, high: 1.2 })).toBe('+80% to +120%');
  expect(rangeWords({ metric: 'cost', low: 0.8, high: null })).toBe('at least +80%');
  expect(rangeWords({ metric: 'cost', low: null, high: null })).toBe('nothing is known yet');
});

test('the scale of a change shows no change, the margin and the interval in their order', () => {
  const values = { ...evidence, metric: 'cost', low: 0.8, high: 1.2, change: 1, margin: 0.2 } as const;
  const { zero, margin, from, at, to } = scaleOf({ ...values, state: 'fail' });
  const order = [0, zero, margin, from ?? 0, at ?? 0, to ?? 0, 1];
  expect(order).toEqual(order.toSorted((a, b) => a - b));
  expect(scaleOf({ ...values, state: 'fail', high: null }).to).toBe(1);
  const none = { ...values, low: null, high: null, change: null, state: 'no_data' } as const;
  expect(scaleOf(none)).toMatchObject({ from: null, at: null });
});

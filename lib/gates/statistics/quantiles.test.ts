import fc from 'fast-check';
import { expect, test } from 'vitest';
import { randomNumbers } from '#lib/testing/random-numbers.ts';
import { leastForQuantile, ratioOfQuantiles, sampleQuantile } from './quantiles.ts';
import { levelOfLook } from './spending.ts';

const sorted = (values: number[]) => values.toSorted((a, b) => a - b);

test('the p95 of a sample is the least value that 95 % of it do not exceed', () => {
  const values = Array.from({ length: 100 }, (_, i) => i + 1);
  expect(sampleQuantile(values, 0.95)).toBe(95);
  expect(sampleQuantile([7], 0.95)).toBe(7);
  expect(sampleQuantile([], 0.95)).toBeNull();
});

test('limits of the ratio of two p95 hold the true one as often as they say', () => {
  const random = randomNumbers(5);
  const durations = (count: number) => sorted(Array.from({ length: count }, () => Math.exp(random.normal())));
  let [below, above] = [0, 0];
  const times = 1500;
  for (let i = 0; i < times; i += 1) {
    const { low, high } = ratioOfQuantiles(durations(150), durations(150), 0.95, 0.05);
    if (low > 1) below += 1;
    if (high < 1) above += 1;
  }
  // At most in 5 % of the cases each; so few values beyond the p95 have to be taken with care.
  for (const wrong of [below, above]) {
    expect(wrong / times).toBeLessThan(0.055);
    expect(wrong / times).toBeGreaterThan(0.002);
  }
});

test('few runs say nothing of the far side of a p95', () => {
  expect(leastForQuantile(0.95, 0.05)).toBe(59);
  const few = Array.from({ length: 58 }, (_, i) => i + 1);
  expect(ratioOfQuantiles(few, few, 0.95, 0.05).high).toBe(Number.POSITIVE_INFINITY);
});

const durations = fc.array(fc.double({ min: 0, max: 1e7, noNaN: true }), { maxLength: 200 }).map(sorted);

test('limits are numbers around the ratio for all samples, and grow with the new durations', () => {
  fc.assert(
    fc.property(
      durations,
      durations,
      fc.double({ min: 1e-6, max: 0.3, noNaN: true }),
      (news, olds, level) => {
        const { estimate, low, high } = ratioOfQuantiles(news, olds, 0.95, level);
        expect([low, high].some(Number.isNaN)).toBe(false);
        if (estimate === null) return;
        expect(low).toBeLessThanOrEqual(estimate);
        expect(high).toBeGreaterThanOrEqual(estimate);
        const slower = ratioOfQuantiles(
          news.map((value) => value * 2),
          olds,
          0.95,
          level,
        );
        expect(slower.low).toBeGreaterThanOrEqual(low * (1 - 1e-6));
      },
    ),
    { numRuns: 200 },
  );
});

test('all planned looks together spend what there is, early looks the most, and others nothing', () => {
  for (const looks of [1, 2, 5, 50]) {
    const levels = Array.from({ length: looks }, (_, i) => levelOfLook(i + 1, looks, 0.01));
    expect(levels.reduce((a, b) => a + b)).toBeCloseTo(0.01, 12);
    expect(levels).toEqual(levels.toSorted((a, b) => b - a));
  }
  expect([levelOfLook(0, 5, 0.01), levelOfLook(6, 5, 0.01)]).toEqual([0, 0]);
});

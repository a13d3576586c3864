import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  designEffect,
  differenceOfClusteredShares,
  differenceOfShares,
  exactInterval,
} from './proportions.ts';

/** Table II of Newcombe (1998), method 10: 95 % limits of the difference of two proportions. */
const PUBLISHED: [hits: number, of: number, hits: number, of: number, low: number, high: number][] = [
  [56, 70, 48, 80, 0.0524, 0.3339],
  [9, 10, 3, 10, 0.1705, 0.809],
  [10, 10, 0, 20, 0.6791, 1],
  [10, 10, 0, 10, 0.6075, 1],
  [5, 56, 0, 29, -0.0381, 0.1926],
  [0, 10, 0, 20, -0.1611, 0.2775],
];

test.each(PUBLISHED)(
  'Newcombe gives the published limits for %i/%i against %i/%i',
  (a, m, b, n, low, high) => {
    const limits = differenceOfShares({ hits: a, of: m }, { hits: b, of: n }, 0.025);
    expect(limits.low).toBeCloseTo(low, 4);
    expect(limits.high).toBeCloseTo(high, 4);
  },
);

/** P(X = k) of n tries at p. */
function binomial(n: number, p: number): number[] {
  const weights = [(1 - p) ** n];
  for (let k = 1; k <= n; k += 1) weights.push(((weights[k - 1] ?? 0) * (n - k + 1) * p) / (k * (1 - p)));
  return weights;
}

test('Newcombe covers a true difference as often as it says, by every table that there can be', () => {
  const [m, n] = [30, 40];
  for (const [p, q] of [
    [0.3, 0.3],
    [0.5, 0.2],
    [0.1, 0.15],
  ] as const) {
    let covered = 0;
    const [ofNew, ofOld] = [binomial(m, p), binomial(n, q)];
    for (let a = 0; a <= m; a += 1) {
      for (let b = 0; b <= n; b += 1) {
        const { low, high } = differenceOfShares({ hits: a, of: m }, { hits: b, of: n }, 0.025);
        if (low <= p - q && p - q <= high) covered += (ofNew[a] ?? 0) * (ofOld[b] ?? 0);
      }
    }
    expect(covered).toBeGreaterThan(0.935);
    expect(covered).toBeLessThan(0.985);
  }
});

test('at the levels of a gate the careful limits are wrong less often than they say, by every table of few failures', () => {
  const level = 0.0004;
  const [m, n] = [20, 300];
  const each = (hits: number, of: number) =>
    Array.from({ length: of }, (_, i) => ({ hits: i < hits ? 1 : 0, of: 1 }));
  let [plain, careful] = [0, 0];
  const [ofNew, ofOld] = [binomial(m, 0.01), binomial(n, 0.01)];
  for (let a = 0; a <= 6; a += 1) {
    for (let b = 0; b <= 15; b += 1) {
      const weight = (ofNew[a] ?? 0) * (ofOld[b] ?? 0);
      if (differenceOfShares({ hits: a, of: m }, { hits: b, of: n }, level).low > 0) plain += weight;
      if (differenceOfClusteredShares(each(a, m), each(b, n), level).low > 0) careful += weight;
    }
  }
  expect(careful).toBeLessThan(level);
  expect(plain).toBeGreaterThan(2 * level);
});

const share = fc
  .integer({ min: 1, max: 500 })
  .chain((of) => fc.record({ hits: fc.integer({ min: 0, max: of }), of: fc.constant(of) }));
const level = fc.double({ min: 1e-7, max: 0.4, noNaN: true });

test('limits are numbers around the estimate for every sample, also for none and all of n', () => {
  fc.assert(
    fc.property(share, share, level, (a, b, at) => {
      const { estimate, low, high } = differenceOfShares(a, b, at);
      expect(low).toBeGreaterThanOrEqual(-1);
      expect(high).toBeLessThanOrEqual(1);
      expect(low).toBeLessThanOrEqual((estimate ?? Number.NaN) + 1e-12);
      expect(high).toBeGreaterThanOrEqual((estimate ?? Number.NaN) - 1e-12);
    }),
  );
});

test('one more failure of the new version never lowers a limit, and the smaller level is the wider', () => {
  fc.assert(
    fc.property(share, share, level, (a, b, at) => {
      fc.pre(a.hits < a.of);
      const less = differenceOfShares(a, b, at);
      const more = differenceOfShares({ ...a, hits: a.hits + 1 }, b, at);
      expect(more.low).toBeGreaterThanOrEqual(less.low - 1e-9);
      expect(more.high).toBeGreaterThanOrEqual(less.high - 1e-9);
      expect(differenceOfShares(a, b, at / 2).low).toBeLessThanOrEqual(less.low + 1e-9);
    }),
  );
});

test('the exact interval leaves out what its level says on either side', () => {
  const { low, high } = exactInterval({ hits: 3, of: 20 }, 0.025);
  // Clopper and Pearson for 3 of 20 at 95 %.
  expect([low, high].map((value) => value.toFixed(4))).toEqual(['0.0321', '0.3789']);
  expect(exactInterval({ hits: 0, of: 0 }, 0.1)).toEqual({ low: 0, high: 1 });
});

test('failures that come together in one run count as little as they say', () => {
  const spread = Array.from({ length: 100 }, (_, i) => ({ hits: i % 5 === 0 ? 1 : 0, of: 5 }));
  const together = Array.from({ length: 100 }, (_, i) => ({ hits: i < 4 ? 5 : 0, of: 5 }));
  const fine = Array.from({ length: 100 }, () => ({ hits: 0, of: 5 }));
  expect(designEffect(fine)).toBe(1);
  expect(designEffect(together)).toBeCloseTo(5, 0);
  const { low: sure } = differenceOfClusteredShares(spread, fine, 0.01);
  const { low: unsure } = differenceOfClusteredShares(together, fine, 0.01);
  expect(sure).toBeGreaterThan(0);
  expect(unsure).toBeLessThan(0);
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { randomNumbers } from '#lib/testing/random-numbers.ts';
import { bootstrapScore, ratioOfMeans, sampleOf } from './means.ts';
import { normalCdf } from './normal.ts';

/** The share of real resamples whose ratio of means is at most r. */
function resampledShare(news: readonly number[], olds: readonly number[], r: number, times: number): number {
  const random = randomNumbers(7);
  const meanOf = (values: readonly number[]) => {
    let sum = 0;
    for (let i = 0; i < values.length; i += 1)
      sum += values[Math.floor(random.uniform() * values.length)] ?? 0;
    return sum / values.length;
  };
  let below = 0;
  for (let i = 0; i < times; i += 1) if (meanOf(news) <= r * meanOf(olds)) below += 1;
  return below / times;
}

test('the bootstrap without resampling says what resampling says, in the middle and in the tails', () => {
  const random = randomNumbers(3);
  const costs = (count: number) => Array.from({ length: count }, () => Math.exp(random.normal()));
  const [news, olds] = [costs(40), costs(90)];
  for (const r of [0.6, 0.8, 1, 1.2, 1.5, 2]) {
    const { score } = bootstrapScore(sampleOf(news), sampleOf(olds), r);
    const drawn = resampledShare(news, olds, r, 20_000);
    const chance = 4 * Math.sqrt(Math.max(drawn * (1 - drawn), 1e-4) / 20_000);
    expect(Math.abs(normalCdf(score) - drawn), `r = ${r}`).toBeLessThan(chance + 0.004);
  }
});

const costs = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 0, maxLength: 60 });

test('limits are numbers around the ratio for all samples: empty, of one, all zero, all the same', () => {
  fc.assert(
    fc.property(costs, costs, fc.double({ min: 1e-6, max: 0.3, noNaN: true }), (news, olds, level) => {
      const { estimate, low, high } = ratioOfMeans(news, olds, level);
      expect([low, high].some(Number.isNaN)).toBe(false);
      expect(low).toBeGreaterThanOrEqual(0);
      if (estimate === null) return;
      expect(low).toBeLessThanOrEqual(estimate * (1 + 1e-9));
      expect(high).toBeGreaterThanOrEqual(estimate * (1 - 1e-9));
    }),
    { numRuns: 300 },
  );
});

test('limits do not depend on the currency, and a new version that costs more moves them up', () => {
  const random = randomNumbers(11);
  const some = (count: number) => Array.from({ length: count }, () => Math.exp(random.normal()));
  const [news, olds] = [some(80), some(120)];
  const plain = ratioOfMeans(news, olds, 0.001);
  const cents = ratioOfMeans(
    news.map((value) => value * 100),
    olds.map((value) => value * 100),
    0.001,
  );
  expect(cents.low).toBeCloseTo(plain.low, 3);
  const dearer = ratioOfMeans(
    news.map((value) => value * 1.5),
    olds,
    0.001,
  );
  expect(dearer.low / plain.low).toBeCloseTo(1.5, 3);
  expect(dearer.high / plain.high).toBeCloseTo(1.5, 3);
  expect(ratioOfMeans(news, olds, 0.0001).low).toBeLessThan(plain.low);
});

test('a small old sample that has not seen its outliers takes the shape of both', () => {
  const olds = Array.from({ length: 50 }, (_, i) => 1 + (i % 5) / 10);
  const news = Array.from({ length: 400 }, (_, i) => (i % 40 === 0 ? 30 : 1 + (i % 5) / 10));
  // What the new one costs more is seen in a tenth of its runs only, of which the old one may have had none by chance.
  expect(ratioOfMeans(news, olds, 0.0005).low).toBeLessThan(1);
  const many = Array.from({ length: 2000 }, (_, i) => 1 + (i % 5) / 10);
  expect(ratioOfMeans(news, many, 0.0005).low).toBeGreaterThan(1);
});

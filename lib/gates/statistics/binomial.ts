/** What a distribution gives to each of the whole numbers from `from` on, what is below `LEAST` left out. */
export interface Weights {
  from: number;
  weights: readonly number[];
}

/** Weights below it are left out: together they are below 1e-10 for any sample that is looked at. */
const LEAST = 1e-14;

function weightsFrom(mode: number, atMode: number, step: (k: number) => number, end: number): number[] {
  const weights: number[] = [];
  const direction = end < mode ? -1 : 1;
  for (let k = mode, weight = atMode; weight >= LEAST; k += direction) {
    weights.push(weight);
    if (k === end) break;
    weight *= step(k);
  }
  return weights;
}

/**
 * The binomial distribution of n tries that hit with the probability p: n! / (k! (n - k)!) p^k (1 - p)^(n - k), from
 * its mode outwards by the ratio of neighbours and scaled to 1, so that no factorial is needed.
 *
 * @param p 0 < p < 1
 */
export function binomialWeights(n: number, p: number): Weights {
  const mode = Math.min(n, Math.floor((n + 1) * p));
  const odds = p / (1 - p);
  const up = weightsFrom(mode, 1, (k) => ((n - k) / (k + 1)) * odds, n);
  const down = weightsFrom(mode, 1, (k) => k / (n - k + 1) / odds, 0);
  const weights = [...down.slice(1).reverse(), ...up];
  const sum = weights.reduce((a, b) => a + b, 0);
  return { from: mode - (down.length - 1), weights: weights.map((weight) => weight / sum) };
}

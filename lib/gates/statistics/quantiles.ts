import { binomialWeights, type Weights } from './binomial.ts';
import type { Limits } from './limits.ts';

/** What the bootstrap says of a quantile: that it lies in (lows[i], highs[i]] with the probability weights[i]. */
interface QuantileSpread {
  lows: number[];
  highs: number[];
  weights: readonly number[];
}

/** Steps of the search for a limit: it then stands with nine digits. */
const STEPS = 60;

/** The smallest value of a sorted sample that at least the share `p` of it does not exceed. */
export function sampleQuantile(sorted: readonly number[], p: number): number | null {
  return sorted[Math.max(0, Math.ceil(p * sorted.length) - 1)] ?? null;
}

/** The runs below which a sample says nothing of the far side of its quantile: (1 - tail)^n <= level. */
export function leastForQuantile(p: number, level: number): number {
  return Math.ceil(Math.log(level) / Math.log(p));
}

/**
 * The bootstrap distribution of a quantile, without resampling: how many of n values lie below the true quantile is
 * binomial (n, p), so the weight of each step between two neighbours of the sorted sample is known. It is what Rubin's
 * "The Bayesian bootstrap" (Annals of Statistics 9, 1981) gives for a quantile, with the mass beyond the largest value
 * kept there instead of on it. What resampling can't show is in it: that the true quantile may lie beyond everything
 * that was seen.
 *
 * @param sorted ascending, none below zero
 */
function quantileSpread(sorted: readonly number[], p: number): QuantileSpread {
  const { from, weights }: Weights = binomialWeights(sorted.length, p);
  const places = weights.map((_, i) => from + i);
  return {
    lows: places.map((below) => (below === 0 ? 0 : (sorted[below - 1] ?? 0))),
    highs: places.map((below) => sorted[below] ?? Number.POSITIVE_INFINITY),
    weights,
  };
}

/** P(a <= r b) of independent a and b, each ascending with its weights. */
function shareBelow(
  a: { values: readonly number[]; weights: readonly number[] },
  b: { values: readonly number[]; weights: readonly number[] },
  r: number,
): number {
  let sum = 0;
  let below = 0;
  let i = 0;
  for (let j = 0; j < b.values.length; j += 1) {
    const edge = r * (b.values[j] ?? 0);
    for (; i < a.values.length && (a.values[i] ?? 0) <= edge; i += 1) below += a.weights[i] ?? 0;
    sum += below * (b.weights[j] ?? 0);
  }
  return sum;
}

/** The ratio at which something that grows with it becomes true, between the ratios where it is not and where it is. */
function firstRatio(
  isReached: (r: number) => boolean,
  from: number,
  to: number,
): [before: number, at: number] {
  let [before, at] = [from, to];
  for (let step = 0; step < STEPS && at / before > 1 + 1e-9; step += 1) {
    const middle = Math.sqrt(before * at);
    if (isReached(middle)) at = middle;
    else before = middle;
  }
  return [before, at];
}

/**
 * Limits of the ratio q_new / q_old of a quantile by its bootstrap distribution (percentile method), each step of both
 * samples rounded to the careful side: the limits are never too close because a sample is small.
 *
 * @param candidate new values, ascending, none below zero
 * @param baseline old values, likewise
 * @param level probability with which each limit may be wrong
 */
export function ratioOfQuantiles(
  candidate: readonly number[],
  baseline: readonly number[],
  p: number,
  level: number,
): Limits {
  const fresh = sampleQuantile(candidate, p);
  const former = sampleQuantile(baseline, p);
  const nothing = { estimate: null, low: 0, high: Number.POSITIVE_INFINITY };
  if (fresh === null || former === null || former <= 0) return nothing;
  const estimate = fresh / former;
  const ofNew = quantileSpread(candidate, p);
  const ofOld = quantileSpread(baseline, p);
  const lowestNew = { values: ofNew.lows, weights: ofNew.weights };
  const highestNew = { values: ofNew.highs, weights: ofNew.weights };
  const lowestOld = { values: ofOld.lows, weights: ofOld.weights };
  const highestOld = { values: ofOld.highs, weights: ofOld.weights };
  const mayBeBelow = (r: number) => shareBelow(lowestNew, highestOld, r) >= level;
  const isSurelyBelow = (r: number) => shareBelow(highestNew, lowestOld, r) >= 1 - level;
  const [far, near] = [1e-6, 1e6];
  const base = estimate > 0 ? estimate : 1;
  const low = mayBeBelow(base * far) ? 0 : firstRatio(mayBeBelow, base * far, base * near)[0];
  const high = isSurelyBelow(base * near)
    ? firstRatio(isSurelyBelow, base * far, base * near)[1]
    : Number.POSITIVE_INFINITY;
  return { estimate, low: Math.min(low, estimate), high: Math.max(high, estimate) };
}

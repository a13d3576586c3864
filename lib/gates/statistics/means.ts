import type { Limits } from './limits.ts';
import { normalQuantile } from './normal.ts';

/**
 * A score so far out that nobody asks for more. Near the end of what resampling can give, the search would only
 * creep.
 */
const FAR = 12;
const NEWTON_STEPS = 60;
const SEARCH_STEPS = 60;
/** Limits farther than so many times from what was observed are none. */
const FARTHEST = 1e3;

/** What is resampled, and the first three moments around its mean. */
interface Sample {
  /** So many values are drawn for one resample. */
  count: number;
  values: readonly number[];
  mean: number;
  variance: number;
  thirdMoment: number;
  least: number;
  most: number;
}

export function sampleOf(values: readonly number[], count = values.length): Sample {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  let [squares, cubes, least, most] = [0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    const deviation = value - mean;
    squares += deviation * deviation;
    cubes += deviation * deviation * deviation;
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  const [variance, thirdMoment] = [squares / values.length, cubes / values.length];
  return { count, values, mean, variance, thirdMoment, least, most };
}

/**
 * A sample that looks tamer than both together look is taken to be as wild as they are: a small one has mostly not
 * seen its own largest values, and would be too sure of its mean. Both have the mean 1.
 */
function noTamerThanBoth(own: Sample, other: Sample): Sample {
  const both = sampleOf([...own.values, ...other.values], own.count);
  return both.variance > own.variance ? both : own;
}

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value / values.length, 0);

/** log of the mean of exp(u x) over a sample with its first two derivatives: all that a resample's mean is made of. */
function cumulants({ values, least, most }: Sample, u: number) {
  const shift = u > 0 ? u * most : u * least;
  let [sum, first, second] = [0, 0, 0];
  for (const value of values) {
    const weight = Math.exp(u * value - shift);
    sum += weight;
    first += weight * value;
    second += weight * value * value;
  }
  const mean = first / sum;
  return {
    value: shift + Math.log(sum / values.length),
    mean,
    variance: Math.max(0, second / sum - mean * mean),
  };
}

/** The mean of a resample of the new values less r times that of the old ones: its cumulant function at t. */
function cumulantsOfDifference(fresh: Sample, former: Sample, r: number, t: number) {
  const [n, m] = [fresh.count, former.count];
  const ofNew = cumulants(fresh, t / n);
  const ofOld = cumulants(former, (-r * t) / m);
  return {
    value: n * ofNew.value + m * ofOld.value,
    slope: ofNew.mean - r * ofOld.mean,
    bend: ofNew.variance / n + (r * r * ofOld.variance) / m,
  };
}

/**
 * Where the slope of the cumulant function is zero, by Newton's method inside a bracket. It has one such place. At 0 its
 * slope is the observed difference and its bend the variance.
 */
function saddlepoint(fresh: Sample, former: Sample, r: number, difference: number, variance: number) {
  const deviation = Math.sqrt(variance);
  // Never more than a few deviations at a time: far from the root the curve says little.
  const step = (slope: number, bend: number) =>
    Math.min(4 / deviation, Math.max(-4 / deviation, slope / bend));
  let [below, above] = difference > 0 ? [Number.NEGATIVE_INFINITY, 0] : [0, Number.POSITIVE_INFINITY];
  let t = -step(difference, variance);
  let at = cumulantsOfDifference(fresh, former, r, t);
  for (let i = 0; i < NEWTON_STEPS && Math.abs(at.slope) > 1e-8 * deviation; i += 1) {
    if (at.value < (-FAR * FAR) / 2 || at.bend <= 0) break;
    if (at.slope > 0) above = t;
    else below = t;
    const wanted = t - step(at.slope, at.bend);
    t = wanted > below && wanted < above ? wanted : (below + above) / 2;
    at = cumulantsOfDifference(fresh, former, r, t);
  }
  return { t, ...at };
}

/** The normal score of P*(ratio of resampled means <= r), and the skewness of what is resampled. */
export function bootstrapScore(
  fresh: Sample,
  former: Sample,
  r: number,
): { score: number; skewness: number } {
  const [n, m] = [fresh.count, former.count];
  const variance = fresh.variance / n + (r * r * former.variance) / m;
  const difference = fresh.mean - r * former.mean;
  const skewness =
    variance <= 0
      ? 0
      : (fresh.thirdMoment / (n * n) - (r ** 3 * former.thirdMoment) / (m * m)) / variance ** 1.5;
  if (fresh.least - r * former.most > 0) return { score: -FAR, skewness };
  if (fresh.most - r * former.least <= 0) return { score: FAR, skewness };
  if (difference === 0) return { score: skewness / 6, skewness };
  const { t, value, bend } = saddlepoint(fresh, former, r, difference, variance);
  const w = -Math.sign(difference) * Math.sqrt(Math.max(0, -2 * value));
  const v = t * Math.sqrt(bend);
  if (Math.abs(w) >= FAR) return { score: Math.sign(w) * FAR, skewness };
  // At the mean itself the formula is 0 / 0; its limit is a sixth of the skewness.
  if (Math.abs(w) < 1e-3) return { score: w + skewness / 6, skewness };
  const score = v / w > 0 ? w + Math.log(v / w) / w : w;
  return { score: Math.min(FAR, Math.max(-FAR, score)), skewness };
}

/**
 * The confidence score that belongs to a score of the bootstrap: bias-corrected and accelerated. For means bias and
 * acceleration are both a sixth of the skewness. Efron, "Better bootstrap confidence intervals" (JASA 82, 1987).
 */
function accelerated(score: number, skewness: number): number {
  const a = skewness / 6;
  const u = score - a;
  return 1 + a * u > 0 ? u / (1 + a * u) - a : u;
}

/**
 * The r at which an ascending score passes what is wanted: by the secant of a bracket from 1 on (Illinois' rule), for on a
 * log scale the score is nearly a straight line.
 *
 * @param step a first guess of its logarithm; its sign says in which direction
 * @returns 0 or Infinity where it is more than {@link FARTHEST} times off
 */
function ratioAt(scoreAt: (r: number) => number, wanted: number, step: number): number {
  const off = (x: number) => scoreAt(Math.exp(x)) - wanted;
  let [near, far] = [0, step];
  let [atNear, atFar] = [off(near), off(far)];
  // Values that are all the same have their limit where they are.
  if (step < 0 ? atNear <= 0 : atNear >= 0) return 1;
  while (Math.sign(atFar) === Math.sign(atNear)) {
    if (Math.abs(far) > Math.log(FARTHEST)) return step < 0 ? 0 : Number.POSITIVE_INFINITY;
    [near, atNear] = [far, atFar];
    far += far;
    atFar = off(far);
  }
  for (let i = 0; i < SEARCH_STEPS && Math.abs(far - near) > 1e-6; i += 1) {
    const x = (near * atFar - far * atNear) / (atFar - atNear);
    const at = off(x);
    if (Math.abs(at) < 1e-3) return Math.exp(x);
    if (Math.sign(at) === Math.sign(atFar)) atNear /= 2;
    else [near, atNear] = [far, atFar];
    [far, atFar] = [x, at];
  }
  return Math.exp((near + far) / 2);
}

/**
 * Limits of the ratio of two means by the bootstrap, accelerated (BCa) where that makes them wider and by plain
 * percentiles where it would make them narrower: what a small sample says of its own skewness is not to be trusted.
 *
 * Nothing is drawn at random. What share of all resamples has a ratio below r is what the saddlepoint approximation
 * says of the difference X* - r Y* (Davison and Hinkley, "Saddlepoint approximations in resampling methods",
 * Biometrika 75, 1988; its tail by Barndorff-Nielsen's r* = w + log(v / w) / w). A gate asks for tails of one in some
 * thousand: ten thousand resamples hold a handful of such, this formula is right there to some percent, and the same
 * samples always get the same verdict.
 *
 * @param candidate new values, none below zero
 * @param baseline old values, none below zero
 * @param level probability with which each limit may be wrong
 */
export function ratioOfMeans(
  candidate: readonly number[],
  baseline: readonly number[],
  level: number,
): Limits {
  const nothing = { estimate: null, low: 0, high: Number.POSITIVE_INFINITY };
  if (candidate.length < 2 || baseline.length < 2) return nothing;
  const [newMean, oldMean] = [meanOf(candidate), meanOf(baseline)];
  const estimate = newMean / oldMean;
  if (oldMean <= 0 || !Number.isFinite(estimate)) return nothing;
  if (estimate === 0) return { ...nothing, estimate };
  const z = normalQuantile(level);
  // Each in units of its own mean: the ratio of the means is 1 then, whatever they are counted in.
  const fresh = sampleOf(candidate.map((value) => value / newMean));
  const former = sampleOf(baseline.map((value) => value / oldMean));
  // What the limit depends on: how low the new mean may be and how high the old one, or the other way round.
  const wildFormer = noTamerThanBoth(former, fresh);
  const wildFresh = noTamerThanBoth(fresh, former);
  const scores = (news: Sample, olds: Sample, r: number): [plain: number, corrected: number] => {
    const { score, skewness } = bootstrapScore(news, olds, r);
    return [score, accelerated(score, skewness)];
  };
  const lowScore = (r: number) => Math.max(...scores(fresh, wildFormer, r));
  const highScore = (r: number) => Math.min(...scores(wildFresh, former, r));
  const spread = Math.sqrt(fresh.variance / fresh.count + former.variance / former.count);
  const step = -z * Math.max(spread, 1e-6);
  return {
    estimate,
    low: estimate * ratioAt(lowScore, z, -step),
    high: estimate * ratioAt(highScore, -z, step),
  };
}

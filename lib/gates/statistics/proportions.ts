import { incompleteBeta } from './incomplete-beta.ts';
import type { Limits } from './limits.ts';
import { normalQuantile } from './normal.ts';

/** So many of so many; neither need be whole once a sample was cut down to what it is worth. */
export interface Share {
  hits: number;
  of: number;
}

/** Steps of the search for a limit: it then stands with nine digits. */
const HALVINGS = 40;

/** Things that come in groups, such as the calls of one run. */
export interface Cluster {
  hits: number;
  of: number;
}

/**
 * The score interval of one proportion: the p for which |x - np| <= z sqrt(np(1 - p)).
 * Wilson, "Probable inference, the law of succession, and statistical inference" (JASA 22, 1927).
 */
function wilsonInterval({ hits, of }: Share, score: number): Interval {
  if (of <= 0) return { low: 0, high: 1 };
  const share = hits / of;
  const square = score * score;
  const middle = 2 * hits + square;
  const spread = score * Math.sqrt(square + 4 * hits * (1 - share));
  const scale = 2 * (of + square);
  return {
    low: hits <= 0 ? 0 : Math.max(0, (middle - spread) / scale),
    high: hits >= of ? 1 : Math.min(1, (middle + spread) / scale),
  };
}

interface Interval {
  low: number;
  high: number;
}

/** The p at which something that grows with it passes what is wanted. */
function shareAt(valueAt: (p: number) => number, wanted: number): number {
  let [below, above] = [0, 1];
  for (let step = 0; step < HALVINGS; step += 1) {
    const middle = (below + above) / 2;
    if (valueAt(middle) < wanted) below = middle;
    else above = middle;
  }
  return (below + above) / 2;
}

/**
 * The exact interval of one proportion: the p at which so many hits or more, or so many or fewer, have the probability
 * `level`; by the beta distribution, so that hits need not be whole.
 * Clopper and Pearson, "The use of confidence or fiducial limits" (Biometrika 26, 1934).
 */
export function exactInterval({ hits, of }: Share, level: number): Interval {
  if (of <= 0) return { low: 0, high: 1 };
  return {
    low: hits <= 0 ? 0 : shareAt((p) => incompleteBeta(p, hits, of - hits + 1), level),
    high: hits >= of ? 1 : shareAt((p) => incompleteBeta(p, hits + 1, of - hits), 1 - level),
  };
}

/**
 * The farther one of the score limit and the exact limit, on each side. At the small levels of a gate the score interval
 * of few hits is far too sure of itself: 3 failures in 20 runs are more than chance at 1 in 3,000 by its lower limit,
 * while runs that fail as seldom as that limit says have as many once in 60 times.
 */
function carefulInterval(share: Share, level: number): Interval {
  const score = wilsonInterval(share, -normalQuantile(level));
  const exact = exactInterval(share, level);
  return { low: Math.min(score.low, exact.low), high: Math.max(score.high, exact.high) };
}

/**
 * Limits of p_new - p_old by the hybrid score interval: with (l, u) the score interval of each proportion,
 * low = d - sqrt((p_new - l_new)^2 + (u_old - p_old)^2), high = d + sqrt((u_new - p_new)^2 + (p_old - l_old)^2).
 * Method 10 of Newcombe, "Interval estimation for the difference between independent proportions" (Statistics in
 * Medicine 17, 1998), which takes for (l, u) Wilson's score interval. It needs no large sample and knows what zero
 * hits of n say.
 *
 * @param level probability with which each limit may be wrong, 0 < level < 0.5
 * @param intervalOf the interval of one proportion at a level
 */
export function differenceOfShares(
  candidate: Share,
  baseline: Share,
  level: number,
  intervalOf = (share: Share, at: number): Interval => wilsonInterval(share, -normalQuantile(at)),
): Limits {
  if (candidate.of <= 0 || baseline.of <= 0) return { estimate: null, low: -1, high: 1 };
  const fresh = candidate.hits / candidate.of;
  const former = baseline.hits / baseline.of;
  const ofNew = intervalOf(candidate, level);
  const ofOld = intervalOf(baseline, level);
  const difference = fresh - former;
  return {
    estimate: difference,
    low: Math.max(-1, difference - Math.hypot(fresh - ofNew.low, ofOld.high - former)),
    high: Math.min(1, difference + Math.hypot(ofNew.high - fresh, former - ofOld.low)),
  };
}

const total = (clusters: readonly Cluster[]): Share => ({
  hits: clusters.reduce((sum, { hits }) => sum + hits, 0),
  of: clusters.reduce((sum, { of }) => sum + of, 0),
});

/**
 * By how much the members of a group fail together: the variance of the ratio estimator over that of as many
 * independent members, at least 1. With m groups of c_i members, h_i of them hits, C = sum c_i and p = sum h_i / C:
 * [m / (m - 1) * sum (h_i - p c_i)^2 / C^2] / [p (1 - p) / C].
 * Rao and Scott, "A simple method for the analysis of clustered binary data" (Biometrics 48, 1992).
 */
export function designEffect(clusters: readonly Cluster[]): number {
  const { hits, of } = total(clusters);
  const groups = clusters.filter((cluster) => cluster.of > 0);
  if (groups.length < 2 || hits <= 0 || hits >= of) return 1;
  const share = hits / of;
  const squares = groups.reduce((sum, cluster) => sum + (cluster.hits - share * cluster.of) ** 2, 0);
  return Math.max(1, ((groups.length / (groups.length - 1)) * squares) / (of * share * (1 - share)));
}

/**
 * {@link differenceOfShares}, by careful intervals, of members of groups, each sample counted as the independent members that it is worth:
 * hits and members over the design effect, the larger of both samples', for one without hits shows none.
 */
export function differenceOfClusteredShares(
  candidate: readonly Cluster[],
  baseline: readonly Cluster[],
  level: number,
): Limits {
  const effect = Math.max(designEffect(candidate), designEffect(baseline));
  const worth = (clusters: readonly Cluster[]): Share => {
    const { hits, of } = total(clusters);
    return { hits: hits / effect, of: of / effect };
  };
  return differenceOfShares(worth(candidate), worth(baseline), level, carefulInterval);
}

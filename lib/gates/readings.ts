import { type GateMetric, type GateSamples, isRate, type RunSample } from '#lib/model/gate.ts';
import type { Limits } from './statistics/limits.ts';
import { ratioOfMeans } from './statistics/means.ts';
import { type Cluster, differenceOfClusteredShares } from './statistics/proportions.ts';
import { leastForQuantile, ratioOfQuantiles, sampleQuantile } from './statistics/quantiles.ts';

const SLOW_SHARE = 0.95;
/** Of so many runs at most a value may be unknown: what is known would else speak for what is not. */
const MOST_UNKNOWN = 0.05;

/** One version by one metric. */
export interface Shown {
  /** Runs that have the value. */
  runs: number;
  value: number | null;
}

/** What both versions show of one metric. */
export interface Reading {
  candidate: Shown;
  baseline: Shown;
  /** Of the difference of rates, else of how much more the new version takes: 1 is twice as much. */
  limits: Limits;
  /** Runs that either version must have had before it can pass. */
  leastRuns: number;
}

/** Why a metric can't be judged. */
export interface Missing {
  of: 'candidate' | 'baseline';
  /** No runs; too many runs without a value; or nothing that more or less could be told of. */
  what: 'runs' | 'unknown' | 'nothing';
  /** Share of the runs without a value. */
  unknown: number;
  /** Neither version has any of it: there is nothing that could be worse. */
  isBesideThePoint: boolean;
}

interface Asked {
  level: number;
  minimumRuns: number;
}

const mean = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;

/** Each run as a group of what can fail in it: itself, or its calls of tools. */
function clustersOf(metric: GateMetric, runs: readonly RunSample[]): Cluster[] {
  if (metric === 'error_rate') return runs.map(({ isError }) => ({ hits: isError ? 1 : 0, of: 1 }));
  return runs
    .filter(({ toolCalls }) => toolCalls > 0)
    .map(({ failedToolCalls, toolCalls }) => ({ hits: failedToolCalls, of: toolCalls }));
}

function valueOfRun(metric: GateMetric, run: RunSample): number | null {
  if (metric === 'p95_latency') return Math.max(0, run.durationMs);
  return metric === 'cost' ? run.cost : run.tokens;
}

function shareShown(clusters: readonly Cluster[]): Shown {
  const of = clusters.reduce((sum, cluster) => sum + cluster.of, 0);
  const hits = clusters.reduce((sum, cluster) => sum + cluster.hits, 0);
  return { runs: clusters.length, value: of === 0 ? null : hits / of };
}

/** A ratio as how much more it is. */
const asIncrease = ({ estimate, low, high }: Limits): Limits => ({
  estimate: estimate === null ? null : estimate - 1,
  low: low - 1,
  high: high - 1,
});

function ratioReading(metric: GateMetric, samples: GateSamples, { level, minimumRuns }: Asked): Reading {
  const known = (runs: readonly RunSample[]) =>
    runs.map((run) => valueOfRun(metric, run)).filter((value) => value !== null);
  const [fresh, former] = [known(samples.candidate.runs), known(samples.baseline.runs)];
  const shown = (values: readonly number[], value: number | null) => ({ runs: values.length, value });
  if (metric !== 'p95_latency') {
    return {
      candidate: shown(fresh, mean(fresh)),
      baseline: shown(former, mean(former)),
      limits: asIncrease(ratioOfMeans(fresh, former, level)),
      leastRuns: minimumRuns,
    };
  }
  const [news, olds] = [fresh.toSorted((a, b) => a - b), former.toSorted((a, b) => a - b)];
  return {
    candidate: shown(news, sampleQuantile(news, SLOW_SHARE)),
    baseline: shown(olds, sampleQuantile(olds, SLOW_SHARE)),
    limits: asIncrease(ratioOfQuantiles(news, olds, SLOW_SHARE, level)),
    leastRuns: Math.max(minimumRuns, leastForQuantile(SLOW_SHARE, level)),
  };
}

/** What the samples say of one metric, with limits that are each wrong with the probability `level`. */
export function readingOf(metric: GateMetric, samples: GateSamples, asked: Asked): Reading {
  if (!isRate(metric)) return ratioReading(metric, samples, asked);
  const [fresh, former] = [samples.candidate, samples.baseline].map(({ runs }) => clustersOf(metric, runs));
  return {
    candidate: shareShown(fresh ?? []),
    baseline: shareShown(former ?? []),
    limits: differenceOfClusteredShares(fresh ?? [], former ?? [], asked.level),
    leastRuns: asked.minimumRuns,
  };
}

type Gap = Pick<Missing, 'what' | 'unknown'>;

function gapOf(metric: GateMetric, runs: readonly RunSample[], isBaseline: boolean): Gap | null {
  if (runs.length === 0) return { what: 'runs', unknown: 1 };
  if (isRate(metric)) {
    return clustersOf(metric, runs).length === 0 ? { what: 'nothing', unknown: 0 } : null;
  }
  const values = runs.map((run) => valueOfRun(metric, run));
  const unknown = values.filter((value) => value === null).length / values.length;
  if (unknown > MOST_UNKNOWN) return { what: 'unknown', unknown };
  return isBaseline && !values.some((value) => value !== null && value > 0)
    ? { what: 'nothing', unknown: 0 }
    : null;
}

/**
 * Why a metric has no data; null where it has. A value that is not known is never 0, and nothing is so many times
 * nothing.
 */
export function missingOf(metric: GateMetric, { candidate, baseline }: GateSamples): Missing | null {
  const ofNew = gapOf(metric, candidate.runs, false);
  const ofOld = gapOf(metric, baseline.runs, true);
  const gap = ofNew ?? ofOld;
  if (gap === null) return null;
  const hasNone = (runs: readonly RunSample[]) =>
    runs.length > 0 &&
    (isRate(metric)
      ? clustersOf(metric, runs).length === 0
      : runs.every((run) => valueOfRun(metric, run) === 0));
  const isBesideThePoint = hasNone(candidate.runs) && hasNone(baseline.runs);
  return { of: ofNew ? 'candidate' : 'baseline', ...gap, isBesideThePoint };
}

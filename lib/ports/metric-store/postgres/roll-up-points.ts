import type pg from 'pg';
import {
  type CumulativeSample,
  type HistogramSample,
  histogramIncreases,
  sumIncreases,
} from '../increases.ts';
import {
  addObservation,
  emptyMetricTotals,
  type MetricTotals,
  mergeMetricTotals,
  type Observation,
} from '../metric-totals.ts';
import { readEarlierHistograms, readEarlierPoints, readHistograms, readPoints } from './raw-points.ts';
import type { DirtyWindow } from './roll-up-spans.ts';
import type { SeriesCatalog, StreamInfo } from './series-catalog.ts';

const byTimeAndStart = (a: CumulativeSample, b: CumulativeSample): number =>
  a.timeMs - b.timeMs || a.startMs - b.startMs || a.value - b.value;

interface Kept extends Observation {
  startMs: number;
}

/** The streams of a window that count up from a start: a late sample of theirs changes a later window too. */
export interface PointTotals {
  totals: Map<number, MetricTotals>;
  cumulative: { setIds: ReadonlySet<number>; histogramIds: ReadonlySet<number> };
}

/**
 * Values of a stream in a window, sent-twice ones left out. Others of the same time are parts of one value: the points
 * of several streams that differ in an attribute which makes no series, split over requests on their way.
 */
function withoutRepeats(samples: readonly CumulativeSample[]): Observation[] {
  const kept: Kept[] = [];
  for (const { timeMs, startMs, value } of samples.toSorted(byTimeAndStart)) {
    const last = kept.at(-1);
    if (last && last.timeMs === timeMs && last.startMs === startMs && last.value === value) continue;
    kept.push({ timeMs, startMs, value, sent: value });
  }
  return kept;
}

function totalsOf(all: Map<number, MetricTotals>, seriesId: number): MetricTotals {
  let totals = all.get(seriesId);
  if (!totals) {
    totals = emptyMetricTotals();
    all.set(seriesId, totals);
  }
  return totals;
}

/** Adds what one stream did to the series of its agent and of its team. */
function addStream(all: Map<number, MetricTotals>, stream: StreamInfo, seen: readonly Observation[]): void {
  const isGauge = stream.kind === 'gauge';
  for (const seriesId of [stream.agentSeriesId, stream.teamSeriesId]) {
    const totals = totalsOf(all, seriesId);
    for (const observation of seen) addObservation(totals, observation, isGauge);
  }
}

/** The same for histograms. */
function withoutRepeatedHistograms(samples: readonly HistogramSample[]): HistogramSample[] {
  const keyOf = ({ timeMs, startMs, value, sum, min, max }: HistogramSample): string =>
    [timeMs, startMs, value, sum, min, max].join(' ');
  return [...new Map(samples.map((sample) => [keyOf(sample), sample])).values()];
}

function histogramTotals(sample: HistogramSample): MetricTotals {
  const { value: count, sum, min, max, sketch } = sample;
  return { count, sum, min, max, last: null, lastMs: 0, sketch };
}

function isCumulative(stream: StreamInfo | undefined): boolean {
  return stream?.kind === 'cumulative_sum' || stream?.kind === 'cumulative_histogram';
}

async function addPoints(
  tx: pg.ClientBase,
  catalog: SeriesCatalog,
  window: DirtyWindow,
  all: PointTotals['totals'],
) {
  const { samples, setIds } = await readPoints(tx, window);
  await catalog.load(samples.keys());
  const counting = [...samples.keys()].filter((id) => isCumulative(catalog.get(id)));
  const agentIds = new Set(counting.map((id) => catalog.get(id)?.agentId ?? ''));
  const earlier = await readEarlierPoints(tx, [...agentIds], window.startMs);
  for (const [seriesId, ofSeries] of samples) {
    const stream = catalog.get(seriesId);
    if (!stream) continue;
    const seen = isCumulative(stream)
      ? sumIncreases(ofSeries, earlier.get(seriesId) ?? [])
      : withoutRepeats(ofSeries);
    addStream(all, stream, seen);
  }
  const countingSets = new Set<number>();
  for (const [setId, seriesIds] of setIds) {
    if (seriesIds.some((id) => isCumulative(catalog.get(id)))) countingSets.add(setId);
  }
  return countingSets;
}

async function addHistograms(
  tx: pg.ClientBase,
  catalog: SeriesCatalog,
  window: DirtyWindow,
  all: PointTotals['totals'],
) {
  const samples = await readHistograms(tx, window);
  await catalog.load(samples.keys());
  const counting = new Set([...samples.keys()].filter((id) => isCumulative(catalog.get(id))));
  const earlier = await readEarlierHistograms(tx, [...counting], window.startMs);
  for (const [seriesId, ofSeries] of samples) {
    const stream = catalog.get(seriesId);
    if (!stream) continue;
    const gained = counting.has(seriesId)
      ? histogramIncreases(ofSeries, earlier.get(seriesId) ?? [])
      : withoutRepeatedHistograms(ofSeries);
    for (const rolled of [stream.agentSeriesId, stream.teamSeriesId]) {
      for (const sample of gained) mergeMetricTotals(totalsOf(all, rolled), histogramTotals(sample));
    }
  }
  return counting;
}

/** Rolls up the points and histograms of a window: totals by the series of agents and teams. */
export async function totalPoints(
  tx: pg.ClientBase,
  catalog: SeriesCatalog,
  window: DirtyWindow,
): Promise<PointTotals> {
  const totals = new Map<number, MetricTotals>();
  const setIds = await addPoints(tx, catalog, window, totals);
  const histogramIds = await addHistograms(tx, catalog, window, totals);
  for (const [seriesId, row] of totals) if (row.count === 0) totals.delete(seriesId);
  return { totals, cumulative: { setIds, histogramIds } };
}

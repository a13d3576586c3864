import { Sketch } from '#lib/telemetry/sketch.ts';

/** What happened to one rolled-up series in one window: samples of a gauge, increases of a sum or histogram. */
export interface MetricTotals {
  /** Samples; for histograms the observations in them. */
  count: number;
  sum: number;
  min: number | null;
  max: number | null;
  /** The latest value; null for histograms. */
  last: number | null;
  /** Unix milliseconds of the latest value. */
  lastMs: number;
  /** Null where there is no distribution: for sums, and for gauges that went below zero. */
  sketch: Sketch | null;
}

/** A change of a series in a window, as `increases.ts` gives it, or a sample of a gauge. */
export interface Observation {
  timeMs: number;
  /** What is added to the sum. */
  value: number;
  /** The value as it was sent; what `last` shows. */
  sent: number;
}

export function emptyMetricTotals(): MetricTotals {
  return { count: 0, sum: 0, min: null, max: null, last: null, lastMs: 0, sketch: null };
}

function lower(a: number | null, b: number | null): number | null {
  return a === null || (b !== null && b < a) ? b : a;
}

function higher(a: number | null, b: number | null): number | null {
  return a === null || (b !== null && b > a) ? b : a;
}

/** Counts one value of a gauge or one increase of a sum. */
export function addObservation(totals: MetricTotals, seen: Observation, isGauge: boolean): void {
  if (isGauge) {
    if (totals.count === 0) totals.sketch = new Sketch();
    if (seen.value < 0) totals.sketch = null;
    totals.sketch?.add(seen.value);
  }
  totals.count += 1;
  totals.sum += seen.value;
  totals.min = lower(totals.min, seen.value);
  totals.max = higher(totals.max, seen.value);
  if (seen.timeMs >= totals.lastMs) {
    totals.last = seen.sent;
    totals.lastMs = seen.timeMs;
  }
}

/** Adds the totals of another series or window. A distribution survives only where both have one. */
export function mergeMetricTotals(into: MetricTotals, other: MetricTotals): void {
  if (other.count === 0) return;
  if (into.count === 0) into.sketch = other.sketch ? new Sketch() : null;
  if (into.sketch && other.sketch) into.sketch.merge(other.sketch);
  else into.sketch = null;
  into.count += other.count;
  into.sum += other.sum;
  into.min = lower(into.min, other.min);
  into.max = higher(into.max, other.max);
  if (other.last !== null && other.lastMs >= into.lastMs) {
    into.last = other.last;
    into.lastMs = other.lastMs;
  }
}

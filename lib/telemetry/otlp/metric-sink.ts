import type { MetricKind, RefusalReason, SeriesIdentity } from '#lib/model/telemetry.ts';
import type { BucketSketch } from '../histogram.ts';
import { describeSeries, type MetricDescription, type SeriesAttributes } from '../series-identity.ts';
import { Sketch } from '../sketch.ts';
import type { PointColumns, PointSet } from './point-columns.ts';
import { type DecodeOptions, LIMITS, type RawAttributes } from './raw.ts';
import { RefusalCount } from './refusals.ts';

/** One histogram point; explicit and exponential histograms alike. */
export interface DecodedHistogram {
  hash: number;
  timeMs: number;
  /** 0 when the sender gave none. */
  startMs: number;
  count: number;
  /** Estimated from the buckets when the sender left it out. */
  sum: number;
  min: number | null;
  max: number | null;
  /** Encoded sketch; empty when the sender sends no buckets: its percentiles are unknown, not zero. */
  sketch: Uint8Array;
}

export interface MetricsDecodeOptions extends DecodeOptions {
  /** Whether the series of a hash is resolved already; identities are described only for others. Keyed per team. */
  isKnown(hash: number): boolean;
}

/** What an ExportMetricsServiceRequest amounts to. */
export interface DecodedMetrics {
  points: PointSet;
  histograms: DecodedHistogram[];
  /** Identities of the series that `isKnown` did not know. */
  unknown: Map<number, SeriesIdentity>;
  refusals: RefusalCount;
}

/** The metric being read. */
export interface MetricContext extends MetricDescription {
  resource: RawAttributes;
  /** Points that become the same series are summed. */
  additive: boolean;
}

/** Where both metric decoders put their points: checks times and values, describes unknown series. */
export class MetricSink {
  readonly refusals = new RefusalCount();
  /** Set when an attribute of a point was left out: points of the metric may have become the same series. */
  reduced = false;
  /** Metrics seen; one that comes twice (two scopes) may repeat its points. */
  #streams = new Set<number>();
  #repeats = false;
  #firstPoint = 0;
  #firstHistogram = 0;
  #options: MetricsDecodeOptions;
  #columns: PointColumns;
  #histograms: DecodedHistogram[] = [];
  #unknown = new Map<number, SeriesIdentity>();
  #points = 0;
  #earliest: number;
  #latest: number;

  constructor(options: MetricsDecodeOptions, columns: PointColumns) {
    this.#options = options;
    this.#columns = columns;
    this.#earliest = options.nowMs - options.maxAgeMs;
    this.#latest = options.nowMs + options.maxFutureMs;
  }

  refuse(reason: RefusalReason, message: string, points = 1): void {
    this.refusals.add(reason, message, points);
  }

  /** Starts a metric, identified by the hash of its resource, name, unit and kind. */
  startMetric(stream: number): void {
    if (this.#streams.has(stream)) this.#repeats = true;
    else this.#streams.add(stream);
    this.reduced = false;
    this.#firstPoint = this.#columns.length;
    this.#firstHistogram = this.#histograms.length;
  }

  /** Ends a metric: what has become the same series and time is made one point. */
  endMetric(): void {
    if (this.reduced) this.#mergeFrom(this.#firstPoint, this.#firstHistogram);
  }

  #mergeFrom(point: number, histogram: number): void {
    if (this.#columns.length > point + 1) this.#columns.mergeRepeated(point);
    if (this.#histograms.length > histogram + 1) {
      this.#histograms.push(...mergeRepeated(this.#histograms.splice(histogram)));
    }
  }

  /** True when one more point is taken and its time is accepted. */
  accepts(timeMs: number): boolean {
    if (timeMs >= this.#earliest && timeMs <= this.#latest && ++this.#points <= LIMITS.pointsPerRequest) {
      return true;
    }
    if (this.#points > LIMITS.pointsPerRequest) this.refuse('too_large', 'A request holds too many points');
    else if (timeMs < this.#earliest) this.refuse('too_old', 'The time of a point is too far in the past');
    else this.refuse('in_the_future', 'The time of a point is in the future');
    return false;
  }

  /** Adds a number point that was accepted. */
  addNumber(hash: number, timeMs: number, startMs: number, value: number, additive: boolean): void {
    this.#columns.add(hash, timeMs, startMs <= timeMs ? startMs : 0, value, additive);
  }

  /** Adds a histogram point that was accepted. */
  addHistogram(
    point: Omit<DecodedHistogram, 'sketch' | 'sum'>,
    sum: number | null,
    sketch: BucketSketch,
  ): void {
    const startMs = point.startMs <= point.timeMs ? point.startMs : 0;
    this.#histograms.push({ ...point, startMs, sum: sum ?? sketch.estimatedSum, sketch: sketch.bytes });
  }

  /** True when the identity of a hash has yet to be given. */
  needsIdentity(hash: number): boolean {
    return !this.#options.isKnown(hash) && !this.#unknown.has(hash);
  }

  describe(hash: number, metric: MetricContext, attributes: SeriesAttributes): void {
    this.#unknown.set(hash, describeSeries(metric.resource, metric, attributes));
  }

  /** The result; the sink is done. */
  finish(): DecodedMetrics {
    if (this.#repeats) this.#mergeFrom(0, 0);
    return {
      points: this.#columns.take(),
      histograms: this.#histograms,
      unknown: this.#unknown,
      refusals: this.refusals,
    };
  }
}

/** The kind of a sum: what is cumulative but goes up and down is read like a gauge. */
export function sumKind(temporality: number, monotonic: boolean): MetricKind | null {
  if (temporality === 1) return 'delta_sum';
  if (temporality === 2) return monotonic ? 'cumulative_sum' : 'gauge';
  return null;
}

export function histogramKind(temporality: number): MetricKind | null {
  if (temporality === 1) return 'delta_histogram';
  return temporality === 2 ? 'cumulative_histogram' : null;
}

function mergeRepeated(histograms: DecodedHistogram[]): DecodedHistogram[] {
  const merged = new Map<string, DecodedHistogram>();
  for (const point of histograms) {
    const key = `${point.hash}:${point.timeMs}`;
    const first = merged.get(key);
    if (first === undefined) {
      merged.set(key, point);
      continue;
    }
    const sketch = Sketch.decode(first.sketch);
    sketch.merge(Sketch.decode(point.sketch));
    first.sketch = sketch.encode();
    first.count += point.count;
    first.sum += point.sum;
    first.min = lesser(first.min, point.min);
    first.max = greater(first.max, point.max);
  }
  return [...merged.values()];
}

function lesser(left: number | null, right: number | null): number | null {
  return left === null || right === null ? (left ?? right) : Math.min(left, right);
}

function greater(left: number | null, right: number | null): number | null {
  return left === null || right === null ? (left ?? right) : Math.max(left, right);
}

/**
 * Evaluation at each live tick, for rules without a hold time: the windows of what is watched, kept in memory,
 * and who may evaluate them. A breach fires at once; that it is over is left to the grid, which sees all.
 *
 * This file holds the trailing windows of one agent or team.
 */
import { Sketch } from '#lib/telemetry/sketch.ts';

const LIVE_COLUMNS = ['requests', 'errors', 'inputTokens', 'outputTokens', 'costMicros'] as const;
export type LiveColumn = (typeof LIVE_COLUMNS)[number];
const WIDTH = LIVE_COLUMNS.length;

export const BUCKET_MS = 10_000;
/** The longest window that is kept, milliseconds. */
export const LONGEST_LIVE_MS = 900_000;
const BUCKETS = LONGEST_LIVE_MS / BUCKET_MS + 1;

const bucketOf = (ms: number): number => Math.floor(ms / BUCKET_MS);

/** Metrics of one agent whose last value is remembered: far more than it may have at a time. */
const MAX_METRICS = 2000;

/** Run durations of a trailing window, kept up instead of being put together for every question. */
interface Trailing {
  sketch: Sketch;
  /** The oldest bucket in it. */
  from: number;
}

/** Sums and durations in buckets of 10 s. A window of it is never longer than it says, up to 10 s shorter. */
export class LiveSeries {
  readonly #stamps = new Float64Array(BUCKETS).fill(-1);
  readonly #sums = new Float64Array(BUCKETS * WIDTH);
  readonly #sketches: (Sketch | null)[] = [];
  readonly #trailing = new Map<number, Trailing>();
  readonly #metrics = new Map<string, number>();

  /** Last values of OTLP metrics by name, the one that was quiet longest first. */
  get metrics(): ReadonlyMap<string, number> {
    return this.#metrics;
  }

  setMetric(name: string, value: number): void {
    this.#metrics.delete(name);
    this.#metrics.set(name, value);
    if (this.#metrics.size > MAX_METRICS) this.#metrics.delete(this.#metrics.keys().next().value as string);
  }

  #slot(bucket: number): number {
    const slot = bucket % BUCKETS;
    if (this.#stamps[slot] !== bucket) {
      this.#stamps[slot] = bucket;
      this.#sums.fill(0, slot * WIDTH, (slot + 1) * WIDTH);
      this.#sketches[slot] = null;
    }
    return slot;
  }

  /** Counts increments by `LIVE_COLUMNS`, and run durations (sketch pairs) where anybody asks for them. */
  add(nowMs: number, counts: readonly number[], durations: readonly number[]): void {
    const slot = this.#slot(bucketOf(nowMs));
    for (let i = 0; i < WIDTH; i++)
      this.#sums[slot * WIDTH + i] = (this.#sums[slot * WIDTH + i] ?? 0) + (counts[i] ?? 0);
    if (durations.length === 0) return;
    const sketch = this.#sketches[slot] ?? new Sketch();
    this.#sketches[slot] = sketch;
    for (let i = 0; i + 1 < durations.length; i += 2) {
      const [bin = 0, count = 0] = [durations[i], durations[i + 1]];
      sketch.addToBin(bin, count);
      for (const trailing of this.#trailing.values()) trailing.sketch.addToBin(bin, count);
    }
  }

  /** Replaces the sums of a closed bucket by what the store knows. */
  load(bucketStartMs: number, counts: readonly number[]): void {
    const slot = this.#slot(bucketOf(bucketStartMs));
    for (let i = 0; i < WIDTH; i++) this.#sums[slot * WIDTH + i] = counts[i] ?? 0;
  }

  /** The sum of a column over the trailing window; what was taken back never makes it negative. */
  sum(column: LiveColumn, windowMs: number, nowMs: number): number {
    const at = LIVE_COLUMNS.indexOf(column);
    const to = bucketOf(nowMs);
    let total = 0;
    for (let bucket = bucketOf(nowMs - windowMs) + 1; bucket <= to; bucket++) {
      const slot = bucket % BUCKETS;
      if (this.#stamps[slot] === bucket) total += this.#sums[slot * WIDTH + at] ?? 0;
    }
    return Math.max(0, total);
  }

  /** A quantile of the run durations of the trailing window, milliseconds; null for none. */
  quantile(quantile: number, windowMs: number, nowMs: number): number | null {
    const from = bucketOf(nowMs - windowMs) + 1;
    let trailing = this.#trailing.get(windowMs);
    if (trailing === undefined || bucketOf(nowMs) - trailing.from >= BUCKETS) {
      trailing = this.#gather(from, bucketOf(nowMs));
      this.#trailing.set(windowMs, trailing);
    }
    for (; trailing.from < from; trailing.from++) {
      const gone = this.#sketchOf(trailing.from);
      if (gone) trailing.sketch.subtract(gone);
    }
    return trailing.sketch.quantile(quantile);
  }

  #sketchOf(bucket: number): Sketch | null {
    const slot = bucket % BUCKETS;
    return this.#stamps[slot] === bucket ? (this.#sketches[slot] ?? null) : null;
  }

  #gather(from: number, to: number): Trailing {
    const sketch = new Sketch();
    for (let bucket = from; bucket <= to; bucket++) {
      const part = this.#sketchOf(bucket);
      if (part) sketch.merge(part);
    }
    return { sketch, from };
  }
}

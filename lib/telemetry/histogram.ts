import { SKETCH_BINS, SketchWriter, sketchBin, sketchBinValue } from './sketch.ts';

/**
 * Turns the buckets of OTLP histograms into sketches.
 *
 * The count of a bucket is spread over four positions inside it, in an order that fills the bucket evenly
 * (bit reversal). The k-th observation of a bucket always goes to the same
 * position, so the sketch of a cumulative histogram contains the sketch of every earlier state and
 * subtraction stays exact.
 */
const POSITIONS = [2, 1, 3, 0];
/** Bins of one bucket in a layout. */
export const STEPS = POSITIONS.length;

const BIN_VALUES = Float64Array.from({ length: SKETCH_BINS }, (_, bin) => sketchBinValue(bin));
const writer = new SketchWriter();

/** What the buckets of one point amount to. */
export interface BucketSketch {
  /** Encoded sketch. */
  bytes: Uint8Array;
  /** The sum of all observations as the sketch knows it, for senders that leave the sum out. */
  estimatedSum: number;
}

/** Collects bin counts; one instance is used again for every point. */
export class BucketCollector {
  #counts = new Float64Array(SKETCH_BINS);
  #lowest = SKETCH_BINS;
  #highest = -1;

  /** Adds `count` to one bin. */
  add(bin: number, count: number): void {
    this.#counts[bin] = (this.#counts[bin] ?? 0) + count;
    if (bin < this.#lowest) this.#lowest = bin;
    if (bin > this.#highest) this.#highest = bin;
  }

  /** Adds the count of a bucket whose bins start at `from` in `layout`. */
  addBucket(layout: Int16Array, from: number, count: number): void {
    for (let step = 0; step < STEPS && step < count; step++) {
      this.add(layout[from + step] ?? 0, Math.floor((count + STEPS - 1 - step) / STEPS));
    }
  }

  /** The sketch of what was added; empties the collector. */
  take(): BucketSketch {
    let estimatedSum = 0;
    writer.start();
    for (let bin = this.#lowest; bin <= this.#highest; bin++) {
      const count = this.#counts[bin] ?? 0;
      if (count === 0) continue;
      writer.write(bin, count);
      estimatedSum += count * (BIN_VALUES[bin] ?? 0);
      this.#counts[bin] = 0;
    }
    this.#lowest = SKETCH_BINS;
    this.#highest = -1;
    return { bytes: writer.take(), estimatedSum };
  }
}

/** The bins of the bucket between two edges, in filling order. */
function placeBucket(layout: Int16Array, from: number, low: number, high: number): void {
  for (let step = 0; step < STEPS; step++) {
    const position = ((POSITIONS[step] ?? 0) + 0.5) / STEPS;
    layout[from + step] = sketchBin(low + position * (high - low));
  }
}

/**
 * Bins of the buckets of an explicit histogram: bucket i has the bins from `STEPS * i` on. The first bucket
 * starts at 0; the last, open one is taken to lie at its lower edge, as Prometheus does.
 *
 * @returns null when the bounds are not finite and ascending
 */
export function explicitLayout(bounds: ArrayLike<number>): Int16Array | null {
  const layout = new Int16Array((bounds.length + 1) * STEPS);
  let low = Math.min(0, bounds[0] ?? 0);
  for (let i = 0; i < bounds.length; i++) {
    const high = bounds[i] ?? Number.NaN;
    if (!Number.isFinite(high) || (i > 0 && high <= low)) return null;
    placeBucket(layout, i * STEPS, low, high);
    low = high;
  }
  placeBucket(layout, bounds.length * STEPS, low, low);
  return layout;
}

/** The buckets of one exponential histogram point. */
export interface ExponentialBuckets {
  scale: number;
  zeroCount: number;
  positive: { offset: number; counts: readonly number[] };
  negativeCounts: readonly number[];
}

const exponential = new BucketCollector();

/**
 * The sketch of an exponential histogram; negative buckets count as zero.
 *
 * @returns null when the scale is none or a count is not one
 */
export function exponentialSketch(buckets: ExponentialBuckets): BucketSketch | null {
  const { scale, positive } = buckets;
  const all = [buckets.zeroCount, ...positive.counts, ...buckets.negativeCounts];
  if (!Number.isInteger(scale) || scale < -10 || scale > 20 || !all.every(isCount)) return null;
  const zeros = buckets.negativeCounts.reduce((sum, count) => sum + count, buckets.zeroCount);
  if (zeros > 0) exponential.add(0, zeros);
  positive.counts.forEach((count, i) => {
    if (count > 0) addExponentialBucket(scale, positive.offset + i, count);
  });
  return exponential.take();
}

function isCount(count: number): boolean {
  return Number.isSafeInteger(count) && count >= 0;
}

/**
 * Index i covers (base^i, base^(i+1)] with base = 2^(2^-scale). Buckets about as narrow as a bin go to the
 * bin of their middle, wider ones are spread.
 */
function addExponentialBucket(scale: number, index: number, count: number): void {
  const width = 2 ** -scale;
  const low = 2 ** (index * width);
  const high = 2 ** ((index + 1) * width);
  if (scale >= 4) {
    exponential.add(sketchBin(Math.sqrt(low) * Math.sqrt(high)), count);
    return;
  }
  const layout = new Int16Array(STEPS);
  placeBucket(layout, 0, Math.min(low, Number.MAX_VALUE), Math.min(high, Number.MAX_VALUE));
  exponential.addBucket(layout, 0, count);
}

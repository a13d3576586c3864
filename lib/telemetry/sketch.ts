/**
 * Telemetry: what arrives over OTLP, understood. Decoders, the table-driven normaliser, attribution and
 * pricing; pure, without any I/O.
 *
 * This file holds the sketch behind every percentile: a sparse logarithmic histogram with fixed bins and
 * a relative error of at most 2 % (performance 2.6). It is linear, so sketches of different processes and
 * windows can be merged and subtracted exactly. It has no unit: a sketch holds what was added to it.
 */

/** Ratio of the upper to the lower edge of a bin; its geometric middle is at most 2 % away from both. */
const LOG_GAMMA = 2 * Math.log(1.02);
const BINS_PER_LOG = 1 / LOG_GAMMA;
const SMALLEST = 1e-6;
const OFFSET = 1 - Math.ceil(Math.log(SMALLEST) * BINS_PER_LOG);

/** Number of bins: bin 0 holds zero, bins 1 to 1047 cover 1e-6 to 1e12. */
export const SKETCH_BINS = Math.ceil(Math.log(1e12) * BINS_PER_LOG) + OFFSET + 1;

/**
 * The bin of a value. Zero, negative values and everything below 1e-6 share bin 0 (durations, sizes and
 * counts are never negative; a negative one is a broken clock and counts as none); values above 1e12 and
 * Infinity go to the last bin.
 */
export function sketchBin(value: number): number {
  if (!(value >= SMALLEST)) return 0;
  const bin = Math.ceil(Math.log(value) * BINS_PER_LOG) + OFFSET;
  return bin < SKETCH_BINS ? bin : SKETCH_BINS - 1;
}

/** The value that stands for a bin: its geometric middle, 0 for bin 0. */
export function sketchBinValue(bin: number): number {
  return bin === 0 ? 0 : Math.exp((bin - OFFSET - 0.5) * LOG_GAMMA);
}

function isBin(bin: number): boolean {
  return Number.isInteger(bin) && bin >= 0 && bin < SKETCH_BINS;
}

/** A mergeable distribution. Memory grows with the range of values seen, not with their number. */
export class Sketch {
  /** Counts of the bins from `#first` on; grown to cover the bins in use. */
  #counts = new Float64Array(0);
  #first = 0;
  #total = 0;

  /** Number of values added. */
  get count(): number {
    return this.#total;
  }

  /** Adds `count` occurrences of a value; see {@link sketchBin} for values out of range. NaN is left out. */
  add(value: number, count = 1): void {
    if (Number.isNaN(value)) return;
    this.addToBin(sketchBin(value), count);
  }

  /** Adds to a bin directly; `count` is a positive integer. */
  addToBin(bin: number, count: number): void {
    let index = bin - this.#first;
    if (index < 0 || index >= this.#counts.length) {
      this.#cover(bin, bin);
      index = bin - this.#first;
    }
    this.#counts[index] = (this.#counts[index] ?? 0) + count;
    this.#total += count;
  }

  /** Adds all values of another sketch: exact, in any order. */
  merge(other: Sketch): void {
    const length = other.#counts.length;
    if (length === 0) return;
    this.#cover(other.#first, other.#first + length - 1);
    const shift = other.#first - this.#first;
    for (let i = 0; i < length; i++) {
      this.#counts[i + shift] = (this.#counts[i + shift] ?? 0) + (other.#counts[i] ?? 0);
    }
    this.#total += other.#total;
  }

  /**
   * Takes away an earlier state of the same distribution, leaving what was added since. Exact when `other`
   * is contained in this sketch. Where it is not (a histogram that changed its buckets in between) the
   * difference of the two cumulative distributions is made monotonic, so no count becomes negative and
   * the total is the difference of the totals.
   */
  subtract(other: Sketch): void {
    if (other.#counts.length > 0) this.#cover(other.#first, other.#first + other.#counts.length - 1);
    const total = Math.max(0, this.#total - other.#total);
    let difference = 0;
    let reached = 0;
    for (let i = 0; i < this.#counts.length; i++) {
      difference += (this.#counts[i] ?? 0) - (other.#counts[i + this.#first - other.#first] ?? 0);
      const next = Math.min(total, Math.max(reached, difference));
      this.#counts[i] = next - reached;
      reached = next;
    }
    this.#total = total;
  }

  /**
   * The value at a quantile (0 to 1), within 2 % for values in range; null when the sketch is empty.
   */
  quantile(quantile: number): number | null {
    if (this.#total === 0) return null;
    const rank = Math.min(1, Math.max(0, quantile)) * (this.#total - 1);
    let seen = 0;
    let last = 0;
    for (let i = 0; i < this.#counts.length; i++) {
      const count = this.#counts[i] ?? 0;
      if (count === 0) continue;
      seen += count;
      last = i + this.#first;
      if (seen > rank) break;
    }
    return sketchBinValue(last);
  }

  /** The sparse form [bin, count, bin, count, ...], bins ascending; the form of live ticks. */
  toPairs(): number[] {
    const pairs: number[] = [];
    for (let i = 0; i < this.#counts.length; i++) {
      const count = this.#counts[i] ?? 0;
      if (count > 0) pairs.push(i + this.#first, count);
    }
    return pairs;
  }

  /** Reads {@link toPairs}; pairs that are no bin or no positive count are left out. */
  static fromPairs(pairs: readonly number[]): Sketch {
    const sketch = new Sketch();
    for (let i = 0; i + 1 < pairs.length; i += 2) {
      const bin = pairs[i] ?? -1;
      const count = pairs[i + 1] ?? 0;
      if (isBin(bin) && Number.isSafeInteger(count) && count > 0) sketch.addToBin(bin, count);
    }
    return sketch;
  }

  /** Sparse bytes for storage: for each bin in use the number of empty bins before it, then its count, as varints. */
  encode(): Uint8Array {
    writer.start();
    for (let i = 0; i < this.#counts.length; i++) {
      const count = this.#counts[i] ?? 0;
      if (count > 0) writer.write(i + this.#first, count);
    }
    return writer.take();
  }

  /** Reads {@link encode}. @throws RangeError when the bytes are no sketch. */
  static decode(bytes: Uint8Array): Sketch {
    const sketch = new Sketch();
    let at = 0;
    const varint = (): number => {
      let value = 0;
      for (let scale = 1; ; scale *= 128) {
        const byte = bytes[at++];
        if (byte === undefined || scale > 2 ** 49) throw new RangeError('not a sketch: broken number');
        value += (byte & 127) * scale;
        if (byte < 128) return value;
      }
    };
    let bin = -1;
    while (at < bytes.length) {
      bin += varint() + 1;
      if (!isBin(bin)) throw new RangeError('not a sketch: bin out of range');
      sketch.addToBin(bin, varint());
    }
    return sketch;
  }

  /** Grows the counts, with some room, so that they hold the bins `from` to `to`. */
  #cover(from: number, to: number): void {
    const length = this.#counts.length;
    const end = this.#first + length;
    if (length > 0 && from >= this.#first && to < end) return;
    const first = Math.max(0, (length === 0 ? from : Math.min(from, this.#first)) - 8);
    const last = Math.min(SKETCH_BINS - 1, (length === 0 ? to : Math.max(to, end - 1)) + 8);
    const grown = new Float64Array(last - first + 1);
    if (length > 0) grown.set(this.#counts, this.#first - first);
    this.#counts = grown;
    this.#first = first;
  }
}

/** Writes the bytes of {@link Sketch.encode}, bins ascending; used again for every sketch. */
export class SketchWriter {
  /** Room for every bin with its largest count. */
  #bytes = new Uint8Array(SKETCH_BINS * 10);
  #at = 0;
  #next = 0;

  start(): void {
    this.#at = 0;
    this.#next = 0;
  }

  write(bin: number, count: number): void {
    this.#varint(bin - this.#next);
    this.#varint(count);
    this.#next = bin + 1;
  }

  take(): Uint8Array {
    return this.#bytes.slice(0, this.#at);
  }

  #varint(value: number): void {
    let rest = value;
    while (rest > 127) {
      this.#bytes[this.#at++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    this.#bytes[this.#at++] = rest;
  }
}

const writer = new SketchWriter();

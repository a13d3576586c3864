/** Number points as columns; index i is one point. Times are Unix milliseconds, 0 for an unknown start. */
export interface PointSet {
  hash: Float64Array;
  timeMs: Float64Array;
  startMs: Float64Array;
  value: Float64Array;
}

/** Up to this many points each is compared with each. */
const FEW = 24;

/** Grows while points are decoded; used again for every request, so decoding allocates nothing per point. */
export class PointColumns {
  #hash = new Float64Array(1024);
  #timeMs = new Float64Array(1024);
  #startMs = new Float64Array(1024);
  #value = new Float64Array(1024);
  /** 1 where points of the same series and time are summed, 0 where the last one counts. */
  #additive = new Uint8Array(1024);
  length = 0;

  add(hash: number, timeMs: number, startMs: number, value: number, additive: boolean): void {
    if (this.length === this.#hash.length) this.#grow();
    const i = this.length++;
    this.#hash[i] = hash;
    this.#timeMs[i] = timeMs;
    this.#startMs[i] = startMs;
    this.#value[i] = value;
    this.#additive[i] = additive ? 1 : 0;
  }

  /**
   * Makes one point of those that have become the same series and time: attributes that make no series
   * were left out, so their sums are added and of their gauges the last one stands.
   *
   * @param from index of the first point that may be one of them
   */
  mergeRepeated(from: number): void {
    if (this.length - from <= FEW && !this.#hasRepeats(from)) return;
    const seen = new Map<number, Map<number, number>>();
    let kept = from;
    for (let i = from; i < this.length; i++) {
      const hash = this.#hash[i] ?? 0;
      const timeMs = this.#timeMs[i] ?? 0;
      let times = seen.get(hash);
      if (times === undefined) {
        times = new Map();
        seen.set(hash, times);
      }
      const first = times.get(timeMs);
      if (first !== undefined) {
        this.#value[first] =
          (this.#additive[i] === 1 ? (this.#value[first] ?? 0) : 0) + (this.#value[i] ?? 0);
        continue;
      }
      times.set(timeMs, kept);
      this.#move(i, kept++);
    }
    this.length = kept;
  }

  /** Looks for a repeated point by comparing each with each: the fastest way for few. */
  #hasRepeats(from: number): boolean {
    for (let i = from; i < this.length; i++) {
      for (let k = from; k < i; k++) {
        if (this.#hash[i] === this.#hash[k] && this.#timeMs[i] === this.#timeMs[k]) return true;
      }
    }
    return false;
  }

  /** Copies of the columns in use; empties the collector. */
  take(): PointSet {
    const end = this.length;
    this.length = 0;
    return {
      hash: this.#hash.slice(0, end),
      timeMs: this.#timeMs.slice(0, end),
      startMs: this.#startMs.slice(0, end),
      value: this.#value.slice(0, end),
    };
  }

  #move(from: number, to: number): void {
    if (from === to) return;
    this.#hash[to] = this.#hash[from] ?? 0;
    this.#timeMs[to] = this.#timeMs[from] ?? 0;
    this.#startMs[to] = this.#startMs[from] ?? 0;
    this.#value[to] = this.#value[from] ?? 0;
    this.#additive[to] = this.#additive[from] ?? 0;
  }

  #grow(): void {
    const size = this.length * 2;
    const larger = (column: Float64Array): Float64Array<ArrayBuffer> => {
      const grown = new Float64Array(size);
      grown.set(column);
      return grown;
    };
    this.#hash = larger(this.#hash);
    this.#timeMs = larger(this.#timeMs);
    this.#startMs = larger(this.#startMs);
    this.#value = larger(this.#value);
    const additive = new Uint8Array(size);
    additive.set(this.#additive);
    this.#additive = additive;
  }
}

/**
 * A map that forgets what nobody asked for lately: an entry stays for at least `keepMs` after it was last read or
 * written, and for less than twice as long while the map is in use. So it holds what is in use, however many keys
 * come by over the months.
 */
export class RecentMap<K, V> {
  readonly #keepMs: number;
  readonly #now: () => number;
  #recent = new Map<K, V>();
  #earlier = new Map<K, V>();
  #sinceMs: number;

  /** @param now Unix milliseconds */
  constructor(keepMs: number, now: () => number) {
    this.#keepMs = keepMs;
    this.#now = now;
    this.#sinceMs = now();
  }

  get size(): number {
    return this.#recent.size + this.#earlier.size;
  }

  get(key: K): V | undefined {
    const recent = this.#recent.get(key);
    if (recent !== undefined) return recent;
    const earlier = this.#earlier.get(key);
    if (earlier !== undefined) this.#recent.set(key, earlier);
    return earlier;
  }

  set(key: K, value: V): void {
    this.#recent.set(key, value);
  }

  /** Lets go what is due; called now and then, between two uses that belong together never twice within `keepMs`. */
  forgetOld(): void {
    const nowMs = this.#now();
    if (nowMs - this.#sinceMs < this.#keepMs) return;
    this.#earlier = this.#recent;
    this.#recent = new Map();
    this.#sinceMs = nowMs;
  }
}

/** How long missed deltas can be asked for, and how much of them is kept at most. */
const KEPT_MS = 60_000;
const KEPT_BYTES = 4 * 1024 * 1024;

interface Kept {
  seq: number;
  atMs: number;
  text: string;
}

/**
 * The numbering of one view and the deltas of the last minute, so that a browser that was away shortly
 * goes on where it stood. The epoch says which numbering a position belongs to.
 */
export class Room {
  readonly key: string;
  #epoch: string;
  #seq = 0;
  #kept: Kept[] = [];
  #bytes = 0;
  #lastAtMs = 0;
  readonly #nextEpoch: () => string;

  /** @param nextEpoch never says the same twice, in this process or another */
  constructor(key: string, nextEpoch: () => string) {
    this.key = key;
    this.#nextEpoch = nextEpoch;
    this.#epoch = nextEpoch();
  }

  get epoch(): string {
    return this.#epoch;
  }

  get seq(): number {
    return this.#seq;
  }

  /** When the last delta was made, Unix milliseconds. */
  get lastAtMs(): number {
    return this.#lastAtMs;
  }

  /** Numbers and encodes a delta. */
  next(atMs: number, fields: object): string {
    this.#seq++;
    const text = JSON.stringify({ k: this.key, e: this.#epoch, s: this.#seq, t: atMs, ...fields });
    this.#kept.push({ seq: this.#seq, atMs, text });
    this.#bytes += text.length;
    this.#lastAtMs = atMs;
    this.#forget(atMs);
    return text;
  }

  /** Starts a new numbering: every position given before is void. */
  restart(): void {
    this.#epoch = this.#nextEpoch();
    this.#seq = 0;
    this.#kept = [];
    this.#bytes = 0;
  }

  /** The head of a message that is not numbered: a snapshot at the present position. */
  head(atMs: number): { k: string; e: string; s: number; t: number } {
    return { k: this.key, e: this.#epoch, s: this.#seq, t: atMs };
  }

  /** The deltas after a position, or null when they are not all here. */
  since(position: { epoch: string; seq: number }): string[] | null {
    if (position.epoch !== this.#epoch || position.seq > this.#seq) return null;
    const missed = this.#seq - position.seq;
    if (missed > this.#kept.length) return null;
    return this.#kept.slice(this.#kept.length - missed).map(({ text }) => text);
  }

  #forget(nowMs: number): void {
    let gone = 0;
    for (const { atMs, text } of this.#kept) {
      if (nowMs - atMs <= KEPT_MS && this.#bytes <= KEPT_BYTES) break;
      this.#bytes -= text.length;
      gone++;
    }
    if (gone > 0) this.#kept.splice(0, gone);
  }
}

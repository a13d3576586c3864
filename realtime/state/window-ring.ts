import { WINDOW_COLUMNS } from '#lib/model/live.ts';

/** [start in Unix milliseconds, ...WINDOW_COLUMNS] */
export type WindowRow = readonly number[];

const WIDTH = 1 + WINDOW_COLUMNS.length;

/**
 * Windows that change no more, oldest first, in one block that is allocated with the first of them: a service that
 * has run for a quarter of an hour holds no more than one that has run for two minutes.
 */
export class WindowRing {
  readonly #capacity: number;
  #block: Float64Array | null = null;
  #first = 0;
  #count = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get length(): number {
    return this.#count;
  }

  /** Start of the newest window, 0 when there is none. */
  get newestMs(): number {
    return this.#count === 0 ? 0 : this.#startAt(this.#count - 1);
  }

  /** Takes in a window that is newer than all others; when there is no room the oldest goes. */
  push(row: WindowRow): void {
    this.#block ??= new Float64Array(this.#capacity * WIDTH);
    if (this.#count === this.#capacity) this.#dropOldest();
    this.#block.set(row, this.#offset(this.#count));
    this.#count += 1;
  }

  dropBefore(startMs: number): void {
    while (this.#count > 0 && this.#startAt(0) < startMs) this.#dropOldest();
  }

  rows(): number[][] {
    return Array.from({ length: this.#count }, (_, index) => {
      const offset = this.#offset(index);
      return Array.from(this.#block?.subarray(offset, offset + WIDTH) ?? []);
    });
  }

  /** Puts other windows in place of all, given oldest first. */
  replace(rows: readonly WindowRow[]): void {
    this.#first = 0;
    this.#count = 0;
    for (const row of rows) this.push(row);
  }

  #dropOldest(): void {
    this.#first = (this.#first + 1) % this.#capacity;
    this.#count -= 1;
  }

  #offset(index: number): number {
    return ((this.#first + index) % this.#capacity) * WIDTH;
  }

  #startAt(index: number): number {
    return this.#block?.[this.#offset(index)] ?? 0;
  }
}

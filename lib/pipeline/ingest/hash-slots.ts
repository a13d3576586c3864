/**
 * A map from the 53-bit hash of a series to its slot, a small integer counted from 0. Open addressing in
 * typed arrays: looking up a point costs a few nanoseconds and no allocation, where a Map would box every
 * key. Entries are only added; the whole map is dropped when it has grown too large.
 */
export class HashSlots {
  #keys: Float64Array;
  #slots: Int32Array;
  #mask: number;
  #size = 0;

  /** @param capacity entries to make room for at first, a power of two */
  constructor(capacity = 1024) {
    this.#keys = new Float64Array(capacity * 2);
    this.#slots = new Int32Array(capacity * 2).fill(-1);
    this.#mask = capacity * 2 - 1;
  }

  get size(): number {
    return this.#size;
  }

  /** The slot of a hash, or -1. */
  get(hash: number): number {
    const at = this.#find(hash);
    return this.#slots[at] as number;
  }

  /** Gives a new hash a slot. The hash must not be in the map. */
  set(hash: number, slot: number): void {
    if (this.#size * 2 > this.#mask) this.#grow();
    const at = this.#find(hash);
    this.#keys[at] = hash;
    this.#slots[at] = slot;
    this.#size += 1;
  }

  /** Where a hash stands, or the free place where it belongs. */
  #find(hash: number): number {
    let at = ((hash % 4294967296) ^ (hash / 4294967296)) & this.#mask;
    while ((this.#slots[at] as number) !== -1 && this.#keys[at] !== hash) at = (at + 1) & this.#mask;
    return at;
  }

  #grow(): void {
    const keys = this.#keys;
    const slots = this.#slots;
    this.#keys = new Float64Array(keys.length * 2);
    this.#slots = new Int32Array(slots.length * 2).fill(-1);
    this.#mask = keys.length * 2 - 1;
    for (let i = 0; i < keys.length; i++) {
      if (slots[i] === -1) continue;
      const at = this.#find(keys[i] as number);
      this.#keys[at] = keys[i] as number;
      this.#slots[at] = slots[i] as number;
    }
  }
}

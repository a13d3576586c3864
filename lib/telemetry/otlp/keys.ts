import { classifyKey, type KeyClass } from '../tables/content.ts';
import { SERIES_ATTRIBUTES } from '../tables/series-attributes.ts';
import { type HashLanes, hashBytes } from './hash.ts';
import { storableText } from './text.ts';

/** An attribute key that was seen before, with how it is treated. */
export interface InternedKey {
  key: string;
  keyClass: KeyClass;
  /** Its name within a series; undefined when it makes none. */
  seriesKey: string | undefined;
  /** Hash of the key's bytes, continued over the value to identify a series. */
  hash: Readonly<HashLanes>;
}

interface Slot extends InternedKey {
  bytes: Uint8Array;
  /** The key that came after this one the last time: senders repeat the order of their attributes. */
  next: Slot | undefined;
}

const SLOTS = 4096;

/**
 * Attribute keys repeat in every item, so they are made into strings and classified once. Direct-mapped
 * caches: bounded whatever is sent, and the whole key is compared, so no two keys are taken for each other.
 */
const slots: (Slot | undefined)[] = new Array(SLOTS);
const textSlots = new Map<string, InternedKey>();

let last: Slot | undefined;

/** The key in `bytes` from `start` to `end`. */
export function internKey(bytes: Buffer, start: number, end: number): InternedKey {
  const expected = last?.next;
  if (expected !== undefined && sameBytes(expected.bytes, bytes, start, end)) {
    last = expected;
    return expected;
  }
  const found = lookUp(bytes, start, end);
  if (last !== undefined) last.next = found;
  last = found;
  return found;
}

function lookUp(bytes: Buffer, start: number, end: number): Slot {
  let hash = end - start;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ (bytes[i] ?? 0), 16777619);
  const index = (hash ^ (hash >>> 15)) & (SLOTS - 1);
  const slot = slots[index];
  if (slot !== undefined && sameBytes(slot.bytes, bytes, start, end)) return slot;
  const made: Slot = {
    ...describeKey(bytes.toString('utf8', start, end)),
    bytes: Uint8Array.from(bytes.subarray(start, end)),
    next: undefined,
  };
  slots[index] = made;
  return made;
}

/** The same for a key that is text already (OTLP/JSON). */
export function internText(text: string): InternedKey {
  const known = textSlots.get(text);
  if (known !== undefined) return known;
  if (textSlots.size >= SLOTS) textSlots.clear();
  const made = describeKey(text);
  textSlots.set(text, made);
  return made;
}

function describeKey(text: string): InternedKey {
  const key = storableText(text);
  const hash = { a: 1, b: 1 };
  const bytes = Buffer.from(key);
  hashBytes(hash, bytes, 0, bytes.length);
  return { key, keyClass: classifyKey(key), seriesKey: SERIES_ATTRIBUTES.get(key), hash };
}

function sameBytes(known: Uint8Array, bytes: Buffer, start: number, end: number): boolean {
  if (known.length !== end - start) return false;
  for (let i = 0; i < known.length; i++) if (known[i] !== bytes[start + i]) return false;
  return true;
}

/**
 * Two independent 32-bit hashes, combined into 53 bits: what a series is found by before any of its text
 * is decoded. Collisions within one team are as likely as between 53-bit random numbers (one in 10^4 with
 * a million series); a cache keyed by it must never be shared between teams.
 */
export interface HashLanes {
  a: number;
  b: number;
}

/** Continues both hashes over a range of bytes. */
export function hashBytes(lanes: HashLanes, bytes: Uint8Array, start: number, end: number): void {
  let { a, b } = lanes;
  for (let i = start; i < end; i++) {
    const byte = bytes[i] ?? 0;
    a = Math.imul(a ^ byte, 16777619);
    b = (Math.imul(b, 31) + byte) | 0;
  }
  lanes.a = a;
  lanes.b = b;
}

/** Adds the hash of one attribute so that the order of attributes makes no difference. */
export function addUnordered(sum: HashLanes, part: HashLanes): void {
  sum.a = (sum.a + scrambled(part.a)) | 0;
  sum.b = (sum.b + scrambled(part.b ^ 0x5bd1e995)) | 0;
}

/** The 53-bit key of a stream and the attributes added up for it. */
export function hashKey(stream: HashLanes, attributes: HashLanes): number {
  const a = scrambled(stream.a ^ Math.imul(attributes.a, 16777619));
  const b = scrambled(stream.b + Math.imul(attributes.b, 31));
  return (a >>> 0) * 2097152 + (b >>> 11);
}

/** Spreads every input bit over all 32 (the finaliser of MurmurHash3). */
function scrambled(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

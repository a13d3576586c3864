/**
 * The ledger: who did what to what, append-only, one hash chain a team. Written in the transaction of
 * the change it speaks of; may import access, db, model and kernel.
 *
 * This file holds the canonical form that is hashed (RFC 8785, JSON Canonicalization Scheme): keys
 * sorted by UTF-16 code unit, no white space, numbers and strings as ECMAScript writes them.
 */
import { toStorable } from '#lib/model/storable-text.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** RFC 8785 text of a JSON value. Throws on numbers that JSON cannot carry (NaN, infinities). */
export function canonicalJson(value: Json): string {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new TypeError('a number that is not finite has no JSON form');
  }
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const members = Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}

/**
 * Turns anything into JSON that a jsonb column gives back unchanged: dates as ISO strings, bytes by
 * their length only, no NUL and no lone surrogates, what has no JSON form left out.
 */
export function toStorableJson(value: unknown): Json {
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : null;
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'string') return toStorable(value);
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return `[${value.byteLength} bytes]`;
  if (Array.isArray(value)) return value.map(toStorableJson);
  if (typeof value !== 'object') return null;
  const members: Record<string, Json> = Object.create(null);
  for (const [key, member] of Object.entries(value)) {
    if (member !== undefined) members[toStorable(key)] = toStorableJson(member);
  }
  return members;
}

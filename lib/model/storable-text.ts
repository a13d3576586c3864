/**
 * Text that PostgreSQL holds: without the NUL character, which its texts refuse, and without halves of surrogate
 * pairs, which its JSON refuses.
 */

/** What a refusal says of such text. */
export const UNSTORABLE = 'Has a character that cannot be stored (NUL, or half of a character).';

const isStorable = (text: string): boolean => text.isWellFormed() && !text.includes('\0');

/** The nearest text that can be stored, for what nobody is there to correct. */
export const toStorable = (text: string): string => text.toWellFormed().replaceAll('\0', '');

/** Levels of an input that are looked through; nothing that a verb takes is deeper. */
const MAX_DEPTH = 64;

/** Where a value holds text that can't be stored, keys included; what is nested too deeply counts as such. */
export function unstorablePaths(value: unknown, path: readonly string[] = []): string[] {
  if (typeof value === 'string') return isStorable(value) ? [] : [path.join('.')];
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return [];
  if (path.length >= MAX_DEPTH) return [path.join('.')];
  return Object.entries(value).flatMap(([key, member]) =>
    isStorable(key) ? unstorablePaths(member, [...path, key]) : [path.join('.')],
  );
}

import { cutText } from '#lib/model/cut-text.ts';

/** One field of a change, as people read it. */
export interface ChangeWords {
  field: string;
  /** Null where the side does not exist: something was made, or removed. */
  before: string | null;
  after: string | null;
}

/** What people call what stands in the log by an id, such as permissions. */
export type Names = ReadonlyMap<string, string>;

type Side = Readonly<Record<string, unknown>> | null;

/** Words of one field at most; the export has all of them. */
const MAX_WORDS = 600;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** `rawRetentionDays` and `raw_retention_days` as `raw retention days`. */
function fieldWords(path: string): string {
  return path
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replaceAll('_', ' ')
    .toLowerCase();
}

function valueWords(value: unknown, names: Names): string {
  if (value === null || value === '') return 'nothing';
  if (value === true) return 'yes';
  if (value === false) return 'no';
  if (value === '[redacted]') return 'a secret that is not kept here';
  if (Array.isArray(value) && value.every((item) => typeof item !== 'object'))
    return value.length === 0
      ? 'none'
      : value.map((item) => names.get(String(item)) ?? String(item)).join(', ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

const shortened = (words: string): string =>
  words.length > MAX_WORDS ? `${cutText(words, MAX_WORDS)}…` : words;

/** Fields of objects stand as fields of their own, one level deep: deeper ones are rarely read one by one. */
function flat(side: Side): Map<string, unknown> {
  const fields = new Map<string, unknown>();
  for (const [key, value] of Object.entries(side ?? {})) {
    if (isObject(value) && Object.keys(value).length > 0) {
      for (const [inner, member] of Object.entries(value)) fields.set(`${key} ${inner}`, member);
    } else fields.set(key, value);
  }
  return fields;
}

/** What a row of the audit log says was changed, field by field. */
export function changeWords(before: Side, after: Side, names: Names = new Map()): ChangeWords[] {
  const [from, to] = [flat(before), flat(after)];
  const words = (side: Side, fields: Map<string, unknown>, field: string): string | null =>
    side === null ? null : shortened(valueWords(fields.get(field) ?? null, names));
  return [...new Set([...from.keys(), ...to.keys()])].map((field) => ({
    field: fieldWords(field),
    before: words(before, from, field),
    after: words(after, to, field),
  }));
}

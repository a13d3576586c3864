import { canonicalJson, type Json, toStorableJson } from './canonical-json.ts';

/** The state of a target as named fields, before or after a change. */
export type Snapshot = Readonly<Record<string, unknown>>;

const SECRET_NAME =
  /pass(word|phrase)?|secret|token|api[-_]?key|key[-_]?hash|authorization|cookie|credential|private/i;
const REDACTED = '[redacted]';

function redact(value: Json): Json {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(redact);
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key,
      SECRET_NAME.test(key) && member !== null ? REDACTED : redact(member),
    ]),
  );
}

function fieldsOf(snapshot: Snapshot | undefined): Record<string, Json> {
  return snapshot === undefined ? {} : (toStorableJson(snapshot) as Record<string, Json>);
}

/**
 * Before and after of the fields that differ. Fields whose name speaks of a secret keep their place and
 * lose their value, at any depth: that a password changed is shown, what it was is not (security U4).
 */
export function diff(before: Snapshot | undefined, after: Snapshot | undefined): Record<string, Json> {
  const [from, to] = [fieldsOf(before), fieldsOf(after)];
  const changed = [...new Set([...Object.keys(from), ...Object.keys(to)])].filter(
    (key) => canonicalJson(from[key] ?? null) !== canonicalJson(to[key] ?? null),
  );
  const pick = (fields: Record<string, Json>): Json =>
    redact(
      Object.fromEntries(changed.filter((key) => key in fields).map((key) => [key, fields[key] ?? null])),
    );
  const details: Record<string, Json> = {};
  if (before !== undefined) details.before = pick(from);
  if (after !== undefined) details.after = pick(to);
  return details;
}

/** Reading JSON that others wrote: whatever is not there, or is of another kind, is absent. */

export type JsonRecord = Readonly<Record<string, unknown>>;

function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What stands below `path`, or undefined. */
export function fieldAt(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (at, name) => (isRecord(at) && Object.hasOwn(at, name) ? at[name] : undefined),
    value,
  );
}

export function textAt(value: unknown, ...path: readonly string[]): string | null {
  const found = fieldAt(value, ...path);
  return typeof found === 'string' ? found : null;
}

export function numberAt(value: unknown, ...path: readonly string[]): number | null {
  const found = fieldAt(value, ...path);
  return typeof found === 'number' && Number.isFinite(found) ? found : null;
}

export function recordAt(value: unknown, ...path: readonly string[]): JsonRecord {
  const found = fieldAt(value, ...path);
  return isRecord(found) ? found : {};
}

/** The records of a list; whatever else is in it is left out. */
export function recordsAt(value: unknown, ...path: readonly string[]): readonly JsonRecord[] {
  const found = fieldAt(value, ...path);
  return Array.isArray(found) ? found.filter(isRecord) : [];
}

/** A moment that is written as RFC 3339, Unix milliseconds. */
export function timeAt(value: unknown, ...path: readonly string[]): number | null {
  const ms = Date.parse(textAt(value, ...path) ?? '');
  return Number.isNaN(ms) ? null : ms;
}

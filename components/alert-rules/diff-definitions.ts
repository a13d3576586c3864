/** One thing that differs between two versions; null where it is not there. */
export interface Difference {
  path: string;
  before: string | null;
  after: string | null;
}

function flatten(value: unknown, path: string, into: Map<string, string>): Map<string, string> {
  if (Array.isArray(value) && value.length > 0 && value.every((entry) => typeof entry !== 'object'))
    into.set(path, value.join(', '));
  else if (typeof value === 'object' && value !== null)
    for (const [key, entry] of Object.entries(value))
      flatten(entry, path === '' ? key : `${path}.${key}`, into);
  else if (value !== undefined && value !== null) into.set(path, String(value));
  return into;
}

/** What differs between two versions of a rule, by path. */
export function diffDefinitions(before: unknown, after: unknown): Difference[] {
  const [old, now] = [flatten(before, '', new Map()), flatten(after, '', new Map())];
  return [...new Set([...old.keys(), ...now.keys()])]
    .filter((path) => old.get(path) !== now.get(path))
    .sort()
    .map((path) => ({ path, before: old.get(path) ?? null, after: now.get(path) ?? null }));
}

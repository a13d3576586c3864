import { isFields } from '../objects.ts';

/** RFC 7386. */
export function mergePatch(document: unknown, patch: unknown): unknown {
  if (!isFields(patch)) return structuredClone(patch);
  const merged: Record<string, unknown> = isFields(document) ? { ...document } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete merged[name];
    else merged[name] = mergePatch(merged[name], value);
  }
  return merged;
}

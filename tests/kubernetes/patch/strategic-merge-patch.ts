import { type Fields, isFields, isSame } from '../objects.ts';
import { badRequest } from '../status-error.ts';
import { mergeKey } from '../storage/list-keys.ts';

function mergeItems(path: string[], key: string, items: unknown[], patches: unknown[]): unknown[] {
  let merged = [...items];
  for (const patch of patches) {
    if (!isFields(patch)) throw badRequest(`an item of ${path.join('.')} is not an object`);
    if (patch.$patch === 'replace') return patches.filter((other) => other !== patch);
    const isIt = (item: unknown) => isFields(item) && isSame(item[key], patch[key]);
    if (!(key in patch))
      throw badRequest(`map: ${JSON.stringify(patch)} does not contain declared merge key: ${key}`);
    if (patch.$patch === 'delete') merged = merged.filter((item) => !isIt(item));
    else if (merged.some(isIt))
      merged = merged.map((item) => (isIt(item) ? mergeFields(path, item, patch) : item));
    else merged.push(mergeFields(path, {}, patch));
  }
  return merged;
}

function mergeList(path: string[], list: unknown, patch: unknown[]): unknown[] {
  const key = mergeKey(path);
  const items = Array.isArray(list) ? list : [];
  if (key === null) return structuredClone(patch);
  if (key === 'set') return [...new Set([...items, ...patch])];
  return mergeItems(path, key, items, patch);
}

/** `$setElementOrder/x`, `$deleteFromPrimitiveList/x` and `$retainKeys`, as far as kubectl sends them. */
function applyDirective(merged: Fields, directive: string, value: unknown): void {
  const [word, name = ''] = directive.split('/');
  if (word === '$deleteFromPrimitiveList' && Array.isArray(value) && Array.isArray(merged[name])) {
    merged[name] = merged[name].filter((item) => !value.includes(item));
  }
  if (word === '$retainKeys' && Array.isArray(value)) {
    for (const other of Object.keys(merged)) if (!value.includes(other)) delete merged[other];
  }
}

function mergeFields(path: string[], value: unknown, patch: Fields): Fields {
  if (patch.$patch === 'replace') {
    const { $patch: _, ...rest } = patch;
    return structuredClone(rest);
  }
  const merged: Fields = isFields(value) ? { ...value } : {};
  for (const [name, change] of Object.entries(patch)) {
    const below = [...path, name];
    if (name.startsWith('$')) applyDirective(merged, name, change);
    else if (change === null) delete merged[name];
    else if (Array.isArray(change)) merged[name] = mergeList(below, merged[name], change);
    else if (isFields(change)) merged[name] = mergeFields(below, merged[name], change);
    else merged[name] = change;
  }
  return merged;
}

/** Merges lists by their keys, as Kubernetes does for its own kinds. */
export function strategicMergePatch(document: unknown, patch: unknown): unknown {
  if (!isFields(patch)) throw badRequest('a merge patch is an object');
  return mergeFields([], document, patch);
}

import { type Fields, isFields } from '../objects.ts';
import { isAtomicMap, listKeys } from '../storage/list-keys.ts';
import { itemElement } from './field-set.ts';

/** Puts what is applied over what is there; lists by the keys of their items. */
export function mergeApplied(
  live: unknown,
  applied: unknown,
  isCustom: boolean,
  path: string[] = [],
): unknown {
  if (isFields(live) && isFields(applied) && !isAtomicMap(path, isCustom)) {
    const merged: Fields = { ...live };
    for (const [name, value] of Object.entries(applied)) {
      merged[name] = mergeApplied(live[name], value, isCustom, [...path, name]);
    }
    return merged;
  }
  const keys = Array.isArray(live) && Array.isArray(applied) ? listKeys(path, isCustom) : null;
  if (keys === null || !Array.isArray(live) || !Array.isArray(applied)) return structuredClone(applied);
  if (keys === 'set') return [...new Set([...live, ...applied])];
  const rest = new Map(applied.map((item) => [itemElement(item, keys), item]));
  const merged = live.map((item) => {
    const element = itemElement(item, keys);
    const change = rest.get(element);
    rest.delete(element);
    return change === undefined ? item : mergeApplied(item, change, isCustom, path);
  });
  return [...merged, ...rest.values()];
}

/** Takes a field out of an object (changed in place), and what is empty then with it. */
export function removeField(object: Fields, path: readonly string[], isCustom: boolean): void {
  removeBelow(object, path, [], isCustom);
}

function removeBelow(value: unknown, path: readonly string[], names: string[], isCustom: boolean): void {
  const [element = '', ...rest] = path;
  if (isFields(value) && element.startsWith('f:')) {
    const name = element.slice(2);
    const below = value[name];
    if (below === undefined) return;
    if (rest.length > 0) removeBelow(below, rest, [...names, name], isCustom);
    const isEmpty = typeof below === 'object' && below !== null && Object.keys(below).length === 0;
    if (rest.length === 0 || isEmpty) delete value[name];
    return;
  }
  if (!Array.isArray(value)) return;
  const keys = listKeys(names, isCustom);
  const at = value.findIndex((item) =>
    Array.isArray(keys) ? itemElement(item, keys) === element : `v:${JSON.stringify(item)}` === element,
  );
  if (at < 0) return;
  if (rest.length > 0) removeBelow(value[at], rest, names, isCustom);
  else value.splice(at, 1);
}

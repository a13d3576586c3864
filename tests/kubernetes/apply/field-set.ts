import { type Fields, isFields } from '../objects.ts';
import { isAtomicMap, listKeys } from '../storage/list-keys.ts';

/**
 * Fields of an object by their paths. A path is made of elements as FieldsV1 spells them: `f:spec`,
 * `k:{"name":"main"}` for an item that is known by its keys, `v:"x"` for an item that is a plain value.
 */
export type FieldSet = Map<string, readonly string[]>;

/** A field that is not divided further, with its value; of an item by keys also the item itself. */
export type Leaves = Map<string, { path: readonly string[]; value: unknown }>;

/** What belongs to nobody: the server writes it, or it names the object. */
const NOT_OWNED = new Set([
  ...['name', 'namespace', 'uid', 'creationTimestamp', 'generation', 'resourceVersion', 'managedFields'],
  ...['selfLink', 'generateName', 'deletionTimestamp'],
]);

function keyOf(path: readonly string[]): string {
  return path.join('\n');
}

/** The element of an item that is known by its keys; a port without a protocol is one of TCP. */
export function itemElement(item: unknown, keys: readonly string[]): string {
  const fields = isFields(item) ? item : {};
  const found = keys.map((key) => [key, fields[key] ?? (key === 'protocol' ? 'TCP' : undefined)]);
  return `k:${JSON.stringify(Object.fromEntries(found))}`;
}

function namesOf(path: readonly string[]): string[] {
  return path.filter((element) => element.startsWith('f:')).map((element) => element.slice(2));
}

function collect(leaves: Leaves, path: readonly string[], value: unknown, isCustom: boolean): void {
  const add = (at: readonly string[], what: unknown) => leaves.set(keyOf(at), { path: at, value: what });
  const names = namesOf(path);
  if (isFields(value) && Object.keys(value).length > 0 && !isAtomicMap(names, isCustom)) {
    for (const [name, below] of Object.entries(value)) {
      if (names.length === 1 && names[0] === 'metadata' && NOT_OWNED.has(name)) continue;
      collect(leaves, [...path, `f:${name}`], below, isCustom);
    }
    return;
  }
  const keys = Array.isArray(value) ? listKeys(names, isCustom) : null;
  if (!Array.isArray(value) || keys === null) return void add(path, value);
  for (const item of value) {
    if (keys === 'set') {
      add([...path, `v:${JSON.stringify(item)}`], item);
      continue;
    }
    const at = [...path, itemElement(item, keys)];
    add(at, true);
    collect(leaves, at, item, isCustom);
  }
}

export function leavesOf(object: Fields, isCustom: boolean): Leaves {
  const leaves: Leaves = new Map();
  for (const [name, value] of Object.entries(object)) {
    if (name !== 'apiVersion' && name !== 'kind') collect(leaves, [`f:${name}`], value, isCustom);
  }
  return leaves;
}

export function fieldsOf(leaves: Leaves): FieldSet {
  return new Map([...leaves].map(([key, leaf]) => [key, leaf.path]));
}

/** `{"f:spec":{"f:replicas":{}}}`; an item that is owned besides its fields has a `.`. */
export function toFieldsV1(set: FieldSet): Fields {
  const root: Fields = {};
  const inOrder = [...set.values()].sort((a, b) => a.length - b.length);
  for (const path of inOrder) {
    let node = root;
    for (const element of path) {
      node[element] ??= {};
      node = node[element] as Fields;
    }
    if (path.at(-1)?.startsWith('k:')) node['.'] = {};
  }
  return root;
}

export function fromFieldsV1(fields: Fields, path: readonly string[] = []): FieldSet {
  const set: FieldSet = new Map();
  for (const [element, below] of Object.entries(fields)) {
    if (element === '.') {
      set.set(keyOf(path), path);
      continue;
    }
    const at = [...path, element];
    if (isFields(below) && Object.keys(below).length > 0) {
      for (const [key, deeper] of fromFieldsV1(below, at)) set.set(key, deeper);
    } else set.set(keyOf(at), at);
  }
  return set;
}

/** `.spec.template.spec.containers[name="main"].image`, as conflicts are worded. */
export function pathText(path: readonly string[]): string {
  const words = path.map((element) => {
    const rest = element.slice(2);
    if (element.startsWith('f:')) return `.${rest}`;
    if (element.startsWith('v:')) return `[=${rest}]`;
    const keys = Object.entries(JSON.parse(rest) as Fields);
    return `[${keys.map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(',')}]`;
  });
  return words.join('');
}

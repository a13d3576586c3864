import { isSame, type KubeObject, type ManagedFieldsEntry } from '../objects.ts';
import { type FieldSet, fromFieldsV1, type Leaves, leavesOf, toFieldsV1 } from './field-set.ts';

/** Who writes: the entry of managedFields that it belongs to. */
export interface Writer {
  manager: string;
  operation: 'Apply' | 'Update';
  apiVersion: string;
  subresource?: string;
}

/** An entry with its fields as a set. */
export interface Owner extends Writer {
  time?: string;
  fields: FieldSet;
}

export function ownersOf(object: KubeObject): Owner[] {
  return (object.metadata.managedFields ?? []).map(({ fieldsV1, fieldsType: _, ...entry }) => ({
    ...entry,
    fields: fromFieldsV1(fieldsV1),
  }));
}

export function entriesOf(owners: readonly Owner[]): ManagedFieldsEntry[] {
  return owners
    .filter((owner) => owner.fields.size > 0)
    .map(({ fields, ...entry }) => ({ ...entry, fieldsType: 'FieldsV1', fieldsV1: toFieldsV1(fields) }));
}

/** Of appliers the version does not count. */
export function isWriter(owner: Owner, writer: Writer): boolean {
  return (
    owner.manager === writer.manager &&
    owner.operation === writer.operation &&
    (owner.subresource ?? '') === (writer.subresource ?? '') &&
    (owner.operation === 'Apply' || owner.apiVersion === writer.apiVersion)
  );
}

/** What differs between two states: fields that were set, and fields that are gone. */
export function difference(before: Leaves, after: Leaves): { set: FieldSet; gone: FieldSet } {
  const set: FieldSet = new Map();
  const gone: FieldSet = new Map();
  for (const [key, leaf] of after) {
    const old = before.get(key);
    if (!old || !isSame(old.value, leaf.value)) set.set(key, leaf.path);
  }
  for (const [key, leaf] of before) if (!after.has(key)) gone.set(key, leaf.path);
  return { set, gone };
}

/** The set without some fields; the same set where none is taken. */
export function without(fields: FieldSet, taken: FieldSet): FieldSet {
  const rest = [...fields].filter(([key]) => !taken.has(key));
  return rest.length === fields.size ? fields : new Map(rest);
}

/** An update takes every field that it changes, whoever had it (deployment S-09). */
export function ownersAfterUpdate(
  before: KubeObject | null,
  after: KubeObject,
  writer: Writer,
  isCustom: boolean,
  time: string,
): Owner[] {
  const old: Leaves = before ? leavesOf(before, isCustom) : new Map();
  const { set, gone } = difference(old, leavesOf(after, isCustom));
  const owners = before ? ownersOf(before) : [];
  const next = owners.map((owner) => {
    const kept = without(owner.fields, gone);
    return { ...owner, fields: isWriter(owner, writer) ? kept : without(kept, set) };
  });
  if (set.size === 0) return next;
  const mine = next.find((owner) => isWriter(owner, writer));
  if (!mine) return [...next, { ...writer, time, fields: set }];
  mine.fields = new Map([...mine.fields, ...set]);
  mine.time = time;
  return next;
}

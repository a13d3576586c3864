import { type Fields, isSame, type KubeObject } from '../objects.ts';
import { conflictError, conflictsOf } from './conflicts.ts';
import { type FieldSet, fieldsOf, leavesOf } from './field-set.ts';
import {
  difference,
  entriesOf,
  isWriter,
  type Owner,
  ownersOf,
  type Writer,
  without,
} from './managed-fields.ts';
import { mergeApplied, removeField } from './merge-applied.ts';

/** Fields that the writer applied before, not now, and that nobody else wants: they go (deployment S-02). */
function abandoned(last: FieldSet, now: FieldSet, others: readonly Owner[]): (readonly string[])[] {
  const wanted = new Set([...now.keys(), ...others.flatMap((owner) => [...owner.fields.keys()])]);
  const isWanted = (key: string) =>
    wanted.has(key) || [...wanted].some((other) => other.startsWith(`${key}\n`));
  return [...last].filter(([key]) => !isWanted(key)).map(([, path]) => path);
}

/**
 * The object after an apply, with the fields' owners; the same object where nothing changes.
 * @throws StatusError 409 where fields belong to others, unless forced.
 */
export function serverSideApply(
  live: KubeObject | null,
  applied: KubeObject,
  writer: Writer,
  options: { force: boolean; isCustom: boolean; time: string },
): KubeObject {
  const { force, isCustom, time } = options;
  const fields = fieldsOf(leavesOf(applied, isCustom));
  const mine: Owner = { ...writer, time, fields };
  if (!live) return { ...applied, metadata: { ...applied.metadata, managedFields: entriesOf([mine]) } };

  const owners = ownersOf(live);
  const last = owners.find((owner) => isWriter(owner, writer));
  const others = owners.filter((owner) => owner !== last);
  const merged = structuredClone(mergeApplied(live, applied, isCustom)) as KubeObject;
  const { set, gone } = difference(leavesOf(live, isCustom), leavesOf(merged, isCustom));
  const conflicts = conflictsOf(set, others);
  if (conflicts.length > 0 && !force) throw conflictError(conflicts);
  const left = others.map((owner) => ({ ...owner, fields: without(without(owner.fields, set), gone) }));
  if (last) {
    for (const path of abandoned(last.fields, fields, left)) removeField(merged as Fields, path, isCustom);
  }
  const isSameSet = last && isSame([...last.fields.keys()].sort(), [...fields.keys()].sort());
  merged.metadata = { ...merged.metadata, managedFields: live.metadata.managedFields };
  if (isSameSet && isSame(merged, live)) return live;
  return { ...merged, metadata: { ...merged.metadata, managedFields: entriesOf([mine, ...left]) } };
}

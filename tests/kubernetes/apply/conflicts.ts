import { StatusError } from '../status-error.ts';
import { type FieldSet, pathText } from './field-set.ts';
import type { Owner } from './managed-fields.ts';

export interface Conflict {
  owner: Owner;
  path: readonly string[];
}

/** Fields that an apply changes and that belong to others. */
export function conflictsOf(changed: FieldSet, others: readonly Owner[]): Conflict[] {
  return others.flatMap((owner) =>
    [...owner.fields]
      .filter(([key]) => changed.has(key))
      .map(([, path]) => ({ owner, path }))
      .sort((a, b) => pathText(a.path).localeCompare(pathText(b.path))),
  );
}

function managerText(owner: Owner): string {
  const name = JSON.stringify(owner.manager);
  const words = owner.subresource ? `${name} with subresource ${JSON.stringify(owner.subresource)}` : name;
  if (owner.operation === 'Apply') return words;
  return `${words} using ${owner.apiVersion}${owner.time ? ` at ${owner.time}` : ''}`;
}

function messageOf(conflicts: readonly Conflict[]): string {
  const [first] = conflicts;
  if (first && conflicts.length === 1) {
    return `Apply failed with 1 conflict: conflict with ${managerText(first.owner)}: ${pathText(first.path)}`;
  }
  const byManager = Map.groupBy(conflicts, (conflict) => managerText(conflict.owner));
  const lines = [...byManager]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([manager, own]) => [
      `conflicts with ${manager}:`,
      ...own.map(({ path }) => `- ${pathText(path)}`),
    ]);
  return `Apply failed with ${conflicts.length} conflicts: ${lines.join('\n')}`;
}

/** 409 with one cause a field, worded as the API server does (kubectl shows the message as it is). */
export function conflictError(conflicts: readonly Conflict[]): StatusError {
  return new StatusError(409, 'Conflict', messageOf(conflicts), {
    causes: conflicts.map(({ owner, path }) => ({
      reason: 'FieldManagerConflict',
      message: `conflict with ${managerText(owner)}`,
      field: pathText(path),
    })),
  });
}

import type { DeploymentPreview } from '#lib/model/deployment-plan.ts';
import { formatPlural } from '#lib/model/format.ts';

type Change = DeploymentPreview['changes'][number];

/** A value of an object as people read it; one that is not there is said to be absent. */
export function valueText(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}

/** What becomes of a field, in a word. */
export function changeWord({ before, after }: Pick<Change, 'before' | 'after'>): string {
  if (valueText(before) === null) return 'added';
  return valueText(after) === null ? 'removed' : 'changed';
}

/** What a preview comes to, in one sentence. */
export function previewVerdict(preview: DeploymentPreview, workload: string): string {
  const { isNew, changes } = preview;
  if (isNew) return `There is no ${workload} yet: it is made.`;
  if (changes.length === 0) return `Nothing of ${workload} would change: it is like this already.`;
  return `${formatPlural(changes.length, 'field')} of ${workload} would change.`;
}

/** The fields that each manager would lose, by its name. */
export function losses(conflicts: DeploymentPreview['conflicts']): [manager: string, fields: string[]][] {
  const byManager = new Map<string, string[]>();
  for (const { manager, field } of conflicts)
    byManager.set(manager, [...(byManager.get(manager) ?? []), field]);
  return [...byManager].sort(([a], [b]) => (a < b ? -1 : 1));
}

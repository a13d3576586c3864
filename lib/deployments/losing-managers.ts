import { AppError } from '#lib/kernel/errors.ts';
import type { FieldConflict } from '#lib/model/deployment.ts';

/**
 * The managers that lose fields, once whoever confirms it has named each of them and no other (deployment S-04).
 *
 * @throws AppError `conflict` with their names
 */
export function everyManagerNamed(
  conflicts: readonly FieldConflict[],
  managers: readonly string[],
): string[] {
  const losing = [...new Set(conflicts.map(({ manager }) => manager))].sort();
  const named = [...new Set(managers)].sort();
  if (losing.join('\n') === named.join('\n')) return losing;
  const message =
    losing.length === 0
      ? 'Nobody would lose fields by what was previewed, so nobody is to be named.'
      : `These lose fields, and each must be named: ${losing.join(', ')}.`;
  throw new AppError('conflict', message, { issues: [{ path: 'forceManagers', message }] });
}

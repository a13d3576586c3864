import type { DeploymentRow } from '#lib/model/deployment.ts';
import type { TeamEvent } from '#lib/model/event.ts';

type Changed = Extract<TeamEvent, { type: 'deployment.changed' }>;

/** What an event says of a row that was read before; an older one changes nothing (deployment S-66). */
export function withChange(
  rows: readonly DeploymentRow[],
  { deploymentId, seq, status }: Pick<Changed, 'deploymentId' | 'seq' | 'status'>,
): DeploymentRow[] {
  return rows.map((row) => (row.id === deploymentId && row.seq < seq ? { ...row, seq, status } : row));
}

/** Rows of a new answer; of each the newer of what was known and what was read (deployment S-66). */
export function newestRows(
  known: readonly DeploymentRow[],
  answer: readonly DeploymentRow[],
): DeploymentRow[] {
  const before = new Map(known.map((row) => [row.id, row]));
  return answer.map((row) => {
    const old = before.get(row.id);
    return old && old.seq > row.seq ? old : row;
  });
}

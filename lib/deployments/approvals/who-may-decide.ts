import type { Actor } from '#lib/access/actor.ts';
import { AppError } from '#lib/kernel/errors.ts';
import type { DeploymentRecord } from '../move-deployment.ts';

export const onlyPeople = () => new AppError('forbidden', 'Only people approve deployments.');

/**
 * Why somebody with the permission still cannot approve or reject a deployment that waits for it; null where they can.
 *
 * @param decided the ids of those who have spoken
 */
export function decisionRefusal(
  row: Pick<DeploymentRecord, 'approvalExpiresAt' | 'approverIds'>,
  actor: Actor,
  decided: readonly string[],
  at: Date,
): AppError | null {
  if (actor.kind !== 'user') return onlyPeople();
  if (row.approvalExpiresAt !== null && row.approvalExpiresAt <= at)
    return new AppError('conflict', 'The time in which it could be approved is over.');
  if (row.approverIds.length > 0 && !row.approverIds.includes(actor.userId))
    return new AppError('forbidden', 'The policy of this environment names others who approve.');
  return decided.includes(actor.userId) ? new AppError('conflict', 'You have decided on it before.') : null;
}

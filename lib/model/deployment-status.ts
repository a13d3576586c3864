/** Deployment section 2.7; `paused` is a flag of what is in progress, never a status. */
export const DEPLOYMENT_STATUSES = [
  'pending',
  'awaiting_approval',
  'in_progress',
  'completed',
  'failed',
  'cancelled',
  'superseded',
  'rolled_back',
] as const;
export type DeploymentStatus = (typeof DEPLOYMENT_STATUSES)[number];

/** A workload has one deployment in these at a time (deployment S-55). */
export const ACTIVE_STATUSES = ['pending', 'awaiting_approval', 'in_progress'] as const;

/** Whether it is not over yet. */
export function isActive(status: DeploymentStatus): boolean {
  return (ACTIVE_STATUSES as readonly string[]).includes(status);
}

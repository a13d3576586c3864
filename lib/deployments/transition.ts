import { DEPLOYMENT_STATUSES, type DeploymentStatus } from '#lib/model/deployment-status.ts';

/**
 * Deployments: the life of a version on its way into a cluster, who may let it go there, and what is known of it
 * afterwards. The job that carries it out stands in lib/pipeline/deploy.
 *
 * This file is the state machine, as data (deployment S-52). The database holds the same table in a trigger.
 */
const NEXT: Readonly<Record<DeploymentStatus, readonly DeploymentStatus[]>> = {
  pending: ['awaiting_approval', 'in_progress', 'failed', 'cancelled'],
  awaiting_approval: ['in_progress', 'failed', 'cancelled'],
  in_progress: ['completed', 'failed', 'cancelled', 'superseded'],
  completed: ['rolled_back'],
  failed: ['rolled_back'],
  cancelled: [],
  superseded: [],
  rolled_back: [],
};

export function mayBecome(from: DeploymentStatus, to: DeploymentStatus): boolean {
  return NEXT[from].includes(to);
}

/** The statuses that a deployment may have just before it gets one. */
export function statusesBefore(to: DeploymentStatus): DeploymentStatus[] {
  return DEPLOYMENT_STATUSES.filter((from) => mayBecome(from, to));
}

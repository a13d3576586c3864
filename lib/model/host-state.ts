import type { DeploymentStatus } from './deployment-status.ts';

/** The states that a deployment has at the host of its source. */
export const HOST_STATES = ['error', 'failure', 'inactive', 'in_progress', 'queued', 'success'] as const;
export type HostState = (typeof HOST_STATES)[number];

const STATES: Readonly<Record<DeploymentStatus, HostState>> = {
  pending: 'queued',
  awaiting_approval: 'queued',
  in_progress: 'in_progress',
  completed: 'success',
  failed: 'failure',
  cancelled: 'inactive',
  superseded: 'inactive',
  rolled_back: 'inactive',
};

/** What a status is called there; a failure that is none of the version is an error (deployment S-91). */
export function hostStateOf(status: DeploymentStatus, isInfrastructure = false): HostState {
  return status === 'failed' && isInfrastructure ? 'error' : STATES[status];
}

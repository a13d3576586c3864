import { type DeploymentStatus, isActive } from '#lib/model/deployment-status.ts';

/** What became of the rollback of a deployment. */
export function rollbackWords(status: DeploymentStatus): string {
  if (isActive(status)) return 'It is being rolled back';
  if (status === 'completed' || status === 'rolled_back') return 'It was rolled back';
  return status === 'failed' ? 'Rolling it back failed' : 'Rolling it back was stopped';
}

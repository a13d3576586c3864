import { numberAt, textAt } from '#lib/model/json-fields.ts';
import type { WorkloadHealth } from '#lib/model/rollout.ts';
import type { ClusterObject } from '#lib/ports/cluster/port.ts';
import { conditionOf } from './rollout-status.ts';

/**
 * How a Deployment is after its rollout: by its availability, since that it once got to the end says nothing about
 * now (deployment S-26).
 */
export function workloadHealth(deployment: ClusterObject): WorkloadHealth {
  const desired = numberAt(deployment, 'spec', 'replicas') ?? 1;
  const available = numberAt(deployment, 'status', 'availableReplicas') ?? 0;
  if (textAt(conditionOf(deployment, 'Available'), 'status') === 'False') return 'unavailable';
  return available < desired ? 'degraded' : 'healthy';
}

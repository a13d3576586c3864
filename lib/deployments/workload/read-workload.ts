import type { Actor } from '#lib/access/actor.ts';
import { needOf } from '#lib/access/permission-words.ts';
import type { Permission } from '#lib/access/permissions.ts';
import { holds } from '#lib/access/require.ts';
import { defineQuery } from '#lib/command/define-query.ts';
import type { Ability } from '#lib/model/agent-view.ts';
import {
  type ClusterRight,
  ofAgentSchema,
  WORKLOAD_ACTIONS,
  type WorkloadAction,
  type WorkloadReading,
  type WorkloadView,
  workloadReadingSchema,
} from '#lib/model/workload.ts';
import { askWorkers } from './ask-workers.ts';
import { type AgentWorkload, findWorkload, requireWorkload } from './find-workload.ts';
import { workloadCan } from './workload-can.ts';

const RIGHT: Readonly<Record<WorkloadAction, ClusterRight>> = {
  readLogs: 'readLogs',
  restart: 'change',
  pause: 'change',
  resume: 'change',
  scale: 'scale',
  setAutoscaler: 'setAutoscaler',
};

const permissionOf = (action: WorkloadAction): Permission =>
  action === 'readLogs' ? 'workloads:logs' : 'workloads:operate';

/** What would end a rollout, or be part of it, is done through the deployment while it is under way. */
export const UNDER_WAY = 'A deployment is under way: what it rolls out is decided there until it is over.';
export const isOfRollout = (action: WorkloadAction): boolean =>
  action === 'restart' || action === 'pause' || action === 'resume';

function abilityFor(
  action: WorkloadAction,
  { actor, found, reading }: { actor: Actor; found: AgentWorkload; reading: WorkloadReading },
): Ability {
  const permission = permissionOf(action);
  if (!holds(actor, permission)) return { allowed: false, reason: needOf(permission) };
  const { isAllowed, reason } = reading.rights[RIGHT[action]];
  if (!isAllowed)
    return {
      allowed: false,
      reason: `The cluster does not let Pitwall do this${reason ? `: ${reason}` : '.'}`,
    };
  if (found.deployment && isOfRollout(action)) return { allowed: false, reason: UNDER_WAY };
  const { isPaused, autoscalers, replicas } = reading;
  return workloadCan({ isPaused, autoscalers, desired: replicas.desired }, action);
}

/**
 * The running workload of an agent, as its cluster tells it now: a worker reads it.
 *
 * @throws AppError `not_found`; `unavailable` when no worker or no cluster answers
 */
export const readWorkload = defineQuery({
  name: 'workloads.read',
  permission: 'clusters:read',
  feature: 'deployment_automation',
  input: ofAgentSchema,
  async run({ input: { agentId }, actor, db, deps }): Promise<WorkloadView> {
    const found = await requireWorkload(db, actor.teamId, agentId);
    const { address, clusterName, deployment } = found;
    const answer = await askWorkers(deps, 'workload.read', address);
    const reading = workloadReadingSchema.parse(answer);
    const { rights: _, ...shown } = reading;
    const can = WORKLOAD_ACTIONS.map((action) => [action, abilityFor(action, { actor, found, reading })]);
    return {
      ...shown,
      ...{ agentId, namespace: address.namespace, name: address.name, deployment },
      cluster: { id: address.clusterId, name: clusterName },
      can: Object.fromEntries(can) as Record<WorkloadAction, Ability>,
    };
  },
});

/** Where the workload of an agent is, without asking the cluster; null where it has none. */
export const locateWorkload = defineQuery({
  name: 'workloads.locate',
  permission: 'clusters:read',
  feature: 'deployment_automation',
  input: ofAgentSchema,
  async run({ input: { agentId }, actor, db }) {
    const found = await findWorkload(db, actor.teamId, agentId);
    if (!found) return null;
    return { cluster: found.clusterName, namespace: found.address.namespace, name: found.address.name };
  },
});

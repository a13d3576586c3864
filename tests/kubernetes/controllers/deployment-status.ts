import type { ClusterState } from '../storage/state.ts';
import { conditionOf, renewed, withCondition, withoutCondition } from './conditions.ts';
import type { Sets } from './revisions.ts';
import { mayBeMissing } from './rolling-limits.ts';
import type { Condition, Deployment, DeploymentStatus, ReplicaSet } from './workloads.ts';

type Counters = Required<Omit<DeploymentStatus, 'conditions' | 'observedGeneration'>>;

function sum(
  sets: readonly ReplicaSet[],
  count: (status: NonNullable<ReplicaSet['status']>) => number | undefined,
) {
  return sets.reduce((total, set) => total + ((set.status && count(set.status)) ?? 0), 0);
}

function countersOf({ current, old }: Sets): Counters {
  const all = current ? [current, ...old] : old;
  const available = sum(all, (status) => status.availableReplicas);
  return {
    replicas: sum(all, (status) => status.replicas),
    updatedReplicas: sum(current ? [current] : [], (status) => status.replicas),
    readyReplicas: sum(all, (status) => status.readyReplicas),
    availableReplicas: available,
    unavailableReplicas: Math.max(0, all.reduce((total, set) => total + set.spec.replicas, 0) - available),
  };
}

function isComplete(
  deployment: Deployment,
  counters: Omit<Counters, 'readyReplicas' | 'unavailableReplicas'>,
): boolean {
  const wanted = deployment.spec.replicas;
  const { updatedReplicas, replicas, availableReplicas } = counters;
  return updatedReplicas === wanted && replicas === wanted && availableReplicas === wanted;
}

/** Whether a rollout came further since the last status. */
function hasProgressed(before: DeploymentStatus, now: Counters): boolean {
  const oldOnes = (status: DeploymentStatus) => (status.replicas ?? 0) - (status.updatedReplicas ?? 0);
  return (
    now.updatedReplicas > (before.updatedReplicas ?? 0) ||
    oldOnes(now) < oldOnes(before) ||
    now.readyReplicas > (before.readyReplicas ?? 0) ||
    now.availableReplicas > (before.availableReplicas ?? 0)
  );
}

function isOverdue(deployment: Deployment, progressing: Condition | null, nowMs: number): boolean {
  if (!progressing || progressing.reason === 'NewReplicaSetAvailable') return false;
  if (progressing.reason === 'ProgressDeadlineExceeded') return true;
  const from = Date.parse(progressing.lastUpdateTime ?? '');
  return from + deployment.spec.progressDeadlineSeconds * 1000 < nowMs;
}

function progress(
  state: ClusterState,
  deployment: Deployment,
  conditions: Condition[],
  counters: Counters,
  name: string,
): Condition[] {
  const type = 'Progressing';
  const time = state.timestamp();
  const old = conditionOf(conditions, type);
  // A lack of progress that was told is not covered up by a pause.
  if (deployment.spec.paused && old?.reason === 'ProgressDeadlineExceeded') return conditions;
  if (deployment.spec.paused) {
    const message = 'Deployment is paused';
    return withCondition(conditions, { type, status: 'Unknown', reason: 'DeploymentPaused', message }, time);
  }
  if (old?.reason === 'NewReplicaSetAvailable' && counters.replicas === counters.updatedReplicas)
    return conditions;
  if (isComplete(deployment, counters)) {
    const message = `ReplicaSet "${name}" has successfully progressed.`;
    return renewed(conditions, { type, status: 'True', reason: 'NewReplicaSetAvailable', message }, time);
  }
  if (hasProgressed(deployment.status ?? {}, counters)) {
    const message = `ReplicaSet "${name}" is progressing.`;
    return renewed(conditions, { type, status: 'True', reason: 'ReplicaSetUpdated', message }, time);
  }
  if (isOverdue(deployment, old, state.now())) {
    const message = `ReplicaSet "${name}" has timed out progressing.`;
    return withCondition(
      conditions,
      { type, status: 'False', reason: 'ProgressDeadlineExceeded', message },
      time,
    );
  }
  return conditions;
}

function availability(deployment: Deployment, conditions: Condition[], counters: Counters, time: string) {
  const isEnough = counters.availableReplicas >= deployment.spec.replicas - mayBeMissing(deployment);
  const next = isEnough
    ? { status: 'True', reason: 'MinimumReplicasAvailable', message: 'Deployment has minimum availability.' }
    : {
        status: 'False',
        reason: 'MinimumReplicasUnavailable',
        message: 'Deployment does not have minimum availability.',
      };
  return withCondition(conditions, { type: 'Available', ...next } as Condition, time);
}

/** The refusal to make pods that a ReplicaSet met, the newest's first. */
function replicaFailure({ current, old }: Sets): Condition | null {
  const all = [current, ...old].map((set) => conditionOf(set?.status?.conditions, 'ReplicaFailure'));
  return all.find((condition) => condition !== null) ?? null;
}

/** What a Deployment's status is after a step, by the rules of the deployment controller. */
export function deploymentStatus(
  state: ClusterState,
  deployment: Deployment,
  sets: Sets,
): Record<string, unknown> {
  const counters = countersOf(sets);
  const time = state.timestamp();
  const before = deployment.status?.conditions ?? [];
  const name = sets.current?.metadata.name ?? '';
  let conditions = availability(deployment, before, counters, time);
  conditions = progress(state, deployment, conditions, counters, name);
  const failure = replicaFailure(sets);
  conditions = failure
    ? withCondition(conditions, { ...failure, status: 'True' }, time)
    : withoutCondition(conditions, 'ReplicaFailure');
  return { observedGeneration: deployment.metadata.generation, ...counters, conditions };
}

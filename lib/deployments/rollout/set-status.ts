import { numberAt, textAt } from '#lib/model/json-fields.ts';
import type { RolloutReplicas, RolloutStatus, RolloutTarget } from '#lib/model/rollout.ts';
import type { ClusterObject } from '#lib/ports/cluster/port.ts';
import { carriesTarget } from './rollout-target.ts';

const statusCount = (set: ClusterObject, name: string): number => numberAt(set, 'status', name) ?? 0;

function isObserved(set: ClusterObject): boolean {
  const observed = statusCount(set, 'observedGeneration');
  return observed > 0 && (set.metadata.generation ?? 0) <= observed;
}

/** What both kinds of sets have in common before anything is counted; null where it is to be counted. */
function beforeCounting(set: ClusterObject, replicas: RolloutReplicas, target: RolloutTarget | null) {
  const verdict = (phase: RolloutStatus['phase'], reason: RolloutStatus['reason'], message: string) => ({
    phase,
    reason,
    message,
    replicas,
  });
  const strategy = textAt(set, 'spec', 'updateStrategy', 'type') ?? 'RollingUpdate';
  if (strategy !== 'RollingUpdate')
    return verdict(
      'unavailable',
      'no_status',
      `Status not available: a ${set.kind} of type ${strategy} is updated by hand.`,
    );
  if (!isObserved(set))
    return verdict('in_progress', 'not_observed', 'The cluster has not looked at the change yet.');
  if (target && !carriesTarget(set, target))
    return verdict('superseded', 'foreign', 'Somebody rolled out something newer.');
  return null;
}

/** How far a StatefulSet is: ready pods first, then those of the new revision, above the partition where there is one. */
export function statefulSetStatus(set: ClusterObject, target: RolloutTarget | null): RolloutStatus {
  const desired = numberAt(set, 'spec', 'replicas') ?? 1;
  const updated = statusCount(set, 'updatedReplicas');
  const ready = statusCount(set, 'readyReplicas');
  const replicas: RolloutReplicas = {
    desired,
    updated,
    available: numberAt(set, 'status', 'availableReplicas') ?? ready,
    old: Math.max(0, statusCount(set, 'replicas') - updated),
    terminating: null,
  };
  const early = beforeCounting(set, replicas, target);
  if (early) return early;
  if (ready < desired)
    return {
      phase: 'in_progress',
      reason: 'not_available',
      message: `${ready} of ${desired} pods are ready.`,
      replicas,
    };
  const partition = numberAt(set, 'spec', 'updateStrategy', 'rollingUpdate', 'partition');
  const wanted = partition === null ? desired : Math.max(0, desired - partition);
  const [current, update] = [
    textAt(set, 'status', 'currentRevision'),
    textAt(set, 'status', 'updateRevision'),
  ];
  const isDone = partition === null ? current === update : updated >= wanted;
  if (!isDone)
    return {
      phase: 'in_progress',
      reason: 'updating',
      message: `${updated} of ${wanted} pods run the new version.`,
      replicas,
    };
  const message =
    wanted < desired
      ? `${wanted} of ${desired} pods run the new version, as the partition says.`
      : `${desired} pods run the new version.`;
  return { phase: 'complete', reason: 'complete', message, replicas };
}

/** How far a DaemonSet is: pods of the new version on the nodes that should have one, then those that are available. */
export function daemonSetStatus(set: ClusterObject, target: RolloutTarget | null): RolloutStatus {
  const desired = statusCount(set, 'desiredNumberScheduled');
  const updated = statusCount(set, 'updatedNumberScheduled');
  const available = statusCount(set, 'numberAvailable');
  const old = Math.max(0, statusCount(set, 'currentNumberScheduled') - updated);
  const replicas: RolloutReplicas = { desired, updated, available, old, terminating: null };
  const early = beforeCounting(set, replicas, target);
  if (early) return early;
  if (updated < desired)
    return {
      phase: 'in_progress',
      reason: 'updating',
      message: `${updated} of ${desired} nodes run the new version.`,
      replicas,
    };
  if (available < desired)
    return {
      phase: 'in_progress',
      reason: 'not_available',
      message: `The pod is available on ${available} of ${desired} nodes.`,
      replicas,
    };
  return {
    phase: 'complete',
    reason: 'complete',
    message: `${desired} nodes run the new version.`,
    replicas,
  };
}

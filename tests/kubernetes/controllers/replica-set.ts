import { StatusError } from '../status-error.ts';
import { deleteObject } from '../storage/delete.ts';
import { type ClusterState, PODS, REPLICA_SETS } from '../storage/state.ts';
import { createObject } from '../storage/write.ts';
import { ownedBy, ownerReference, tellEvent, writerFor, writeStatus } from './acting.ts';
import { conditionOf, withCondition, withoutCondition } from './conditions.ts';
import type { Pod, PodTemplate, ReplicaSet, Workload } from './workloads.ts';

export function isActive(pod: Pod): boolean {
  return !pod.metadata.deletionTimestamp && !['Failed', 'Succeeded'].includes(pod.status?.phase ?? '');
}

export function isReady(pod: Pod): boolean {
  return conditionOf(pod.status?.conditions, 'Ready')?.status === 'True';
}

/** Ready for as long as the workload asks. */
function isAvailable(pod: Pod, minReadySeconds: number, nowMs: number): boolean {
  const since = conditionOf(pod.status?.conditions, 'Ready')?.lastTransitionTime ?? '';
  return isReady(pod) && (minReadySeconds === 0 || Date.parse(since) + minReadySeconds * 1000 <= nowMs);
}

/** A pod of a workload; named by the caller or by the server. */
export function createPod(
  state: ClusterState,
  owner: Workload,
  template: PodTemplate,
  name: { name: string } | { generateName: string },
): void {
  const metadata = {
    name: '',
    ...name,
    namespace: owner.metadata.namespace,
    labels: template.metadata?.labels,
    annotations: template.metadata?.annotations,
    ownerReferences: [ownerReference(owner)],
  };
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata, spec: template.spec };
  createObject(state, PODS, JSON.parse(JSON.stringify(pod)), writerFor('v1'));
}

/** Who goes first: pods that are not ready, then the youngest. */
function byUselessness(a: Pod, b: Pod): number {
  const ready = Number(isReady(a)) - Number(isReady(b));
  return ready || (b.metadata.creationTimestamp ?? '').localeCompare(a.metadata.creationTimestamp ?? '');
}

/** Makes or removes pods until there are as many as wanted; answers with the refusal that stopped it. */
function scalePods(state: ClusterState, set: ReplicaSet, pods: readonly Pod[]): StatusError | null {
  const missing = set.spec.replicas - pods.length;
  const component = 'replicaset-controller';
  try {
    for (let made = 0; made < missing; made += 1) {
      createPod(state, set, set.spec.template, { generateName: `${set.metadata.name}-` });
    }
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    if (!conditionOf(set.status?.conditions, 'ReplicaFailure')) {
      const message = `Error creating: ${error.message}`;
      tellEvent(state, set, { type: 'Warning', reason: 'FailedCreate', message, component });
    }
    return error;
  }
  const extra = [...pods].sort(byUselessness).slice(0, Math.max(0, -missing));
  for (const pod of extra) deleteObject(state, PODS, pod);
  return null;
}

/** Brings a ReplicaSet one step further and writes down what it has. */
export function reconcileReplicaSet(state: ClusterState, set: ReplicaSet): void {
  const pods = ownedBy<Pod>(state, PODS, set).filter(isActive);
  const refusal = scalePods(state, set, pods);
  const now = ownedBy<Pod>(state, PODS, set).filter(isActive);
  const minReady = set.spec.minReadySeconds ?? 0;
  const old = set.status?.conditions ?? [];
  const failure = {
    type: 'ReplicaFailure',
    status: 'True',
    reason: 'FailedCreate',
    message: refusal?.message,
  } as const;
  writeStatus(state, REPLICA_SETS, set, {
    replicas: now.length,
    fullyLabeledReplicas: now.length,
    readyReplicas: now.filter(isReady).length,
    availableReplicas: now.filter((pod) => isAvailable(pod, minReady, state.now())).length,
    observedGeneration: set.metadata.generation,
    conditions: refusal
      ? withCondition(old, failure, state.timestamp())
      : withoutCondition(old, 'ReplicaFailure'),
  });
}

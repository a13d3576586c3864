import { deleteObject } from '../storage/delete.ts';
import { type ClusterState, PODS, STATEFUL_SETS } from '../storage/state.ts';
import { ownedBy, writeStatus } from './acting.ts';
import { createPod, isActive, isReady } from './replica-set.ts';
import { templateHash } from './template-hash.ts';
import type { Pod, PodTemplate, Workload } from './workloads.ts';

const REVISION_LABEL = 'controller-revision-hash';

interface StatefulSet extends Workload {
  status?: { currentRevision?: string };
}

function labelled(template: PodTemplate, revision: string): PodTemplate {
  const labels = { ...template.metadata?.labels, [REVISION_LABEL]: revision };
  return { ...template, metadata: { ...template.metadata, labels } };
}

function partitionOf(set: StatefulSet): number {
  const strategy = set.spec.updateStrategy as { type: string; rollingUpdate?: { partition?: number } };
  return strategy.type === 'OnDelete' ? Number.POSITIVE_INFINITY : (strategy.rollingUpdate?.partition ?? 0);
}

/** One pod after the other: the first that is missing is made, the last that is outdated is replaced. */
function stepPods(state: ClusterState, set: StatefulSet, pods: Map<string, Pod>, revision: string): void {
  const names = Array.from({ length: set.spec.replicas }, (_, index) => `${set.metadata.name}-${index}`);
  for (const [name, pod] of pods) if (!names.includes(name)) deleteObject(state, PODS, pod);
  for (const name of names) {
    const pod = pods.get(name);
    if (!pod) createPod(state, set, labelled(set.spec.template, revision), { name });
    if (!pod || !isActive(pod)) return;
    const isOld = pod.metadata.labels?.[REVISION_LABEL] !== revision;
    if (!isReady(pod) && !isOld) return;
  }
  const outdated = names.findLast(
    (name, index) =>
      index >= partitionOf(set) && pods.get(name)?.metadata.labels?.[REVISION_LABEL] !== revision,
  );
  const pod = outdated && pods.get(outdated);
  if (pod) deleteObject(state, PODS, pod);
}

/** A StatefulSet as far as its status is read: ordered pods, partitions, revisions (deployment S-30). */
export function reconcileStatefulSet(state: ClusterState, set: StatefulSet): void {
  const updateRevision = `${set.metadata.name}-${templateHash(set.spec.template)}`;
  const pods = new Map(ownedBy<Pod>(state, PODS, set).map((pod) => [pod.metadata.name, pod]));
  stepPods(state, set, pods, updateRevision);
  const active = [...pods.values()].filter(isActive);
  const isOf = (revision: string) => (pod: Pod) => pod.metadata.labels?.[REVISION_LABEL] === revision;
  const updated = active.filter(isOf(updateRevision));
  const isDone = updated.length === set.spec.replicas && updated.every(isReady);
  const currentRevision = isDone ? updateRevision : (set.status?.currentRevision ?? updateRevision);
  writeStatus(state, STATEFUL_SETS, set, {
    observedGeneration: set.metadata.generation,
    replicas: active.length,
    readyReplicas: active.filter(isReady).length,
    availableReplicas: active.filter(isReady).length,
    currentReplicas: active.filter(isOf(currentRevision)).length,
    updatedReplicas: updated.length,
    currentRevision,
    updateRevision,
  });
}

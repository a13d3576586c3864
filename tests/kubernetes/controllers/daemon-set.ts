import { deleteObject } from '../storage/delete.ts';
import { type ClusterState, DAEMON_SETS, PODS } from '../storage/state.ts';
import { ownedBy, writeStatus } from './acting.ts';
import { createPod, isActive, isReady } from './replica-set.ts';
import { templateHash } from './template-hash.ts';
import type { Pod, Workload } from './workloads.ts';

const HASH = 'controller-revision-hash';

/** A DaemonSet on the one node there is, as far as its status is read (deployment S-30). */
export function reconcileDaemonSet(state: ClusterState, set: Workload): void {
  const { template } = set.spec;
  const hash = templateHash(template);
  const pods = ownedBy<Pod>(state, PODS, set);
  const isUpdated = (pod: Pod) => pod.metadata.labels?.[HASH] === hash;
  const isManual = (set.spec.updateStrategy as { type: string }).type === 'OnDelete';
  if (pods.length === 0) {
    const labels = { ...template.metadata?.labels, [HASH]: hash };
    const generateName = `${set.metadata.name}-`;
    createPod(state, set, { ...template, metadata: { ...template.metadata, labels } }, { generateName });
  }
  if (!isManual) for (const pod of pods.filter((one) => !isUpdated(one))) deleteObject(state, PODS, pod);
  const active = pods.filter(isActive);
  const ready = active.filter(isReady).length;
  writeStatus(state, DAEMON_SETS, set, {
    observedGeneration: set.metadata.generation,
    desiredNumberScheduled: 1,
    currentNumberScheduled: active.length,
    updatedNumberScheduled: active.filter(isUpdated).length,
    numberReady: ready,
    numberAvailable: ready,
    numberUnavailable: 1 - ready,
  });
}

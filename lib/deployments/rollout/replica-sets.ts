import { isDeepStrictEqual } from 'node:util';
import { type JsonRecord, numberAt, recordAt, recordsAt, textAt, timeAt } from '#lib/model/json-fields.ts';
import type { RolloutRevision } from '#lib/model/rollout.ts';
import { DEPLOYMENT_ID } from '#lib/model/workload-keys.ts';
import type { ClusterObject } from '#lib/ports/cluster/port.ts';

/** The label by which a ReplicaSet tells its pods from those of others; a cluster makes it from the template. */
export const TEMPLATE_HASH = 'pod-template-hash';
const REVISION = 'deployment.kubernetes.io/revision';
const CHANGE_CAUSE = 'kubernetes.io/change-cause';

/** Those whose controller the owner is; labels alone would count those of somebody else (deployment S-39). */
export function ownedBy(owner: ClusterObject, objects: readonly ClusterObject[]): ClusterObject[] {
  const { uid } = owner.metadata;
  if (!uid) return [];
  return objects.filter(({ metadata }) =>
    metadata.ownerReferences?.some((reference) => reference.controller === true && reference.uid === uid),
  );
}

/** The pod template of a workload without the hash that a ReplicaSet adds: what it would be as part of a Deployment. */
export function plainTemplate(workload: ClusterObject): JsonRecord {
  const template = recordAt(workload, 'spec', 'template');
  const { [TEMPLATE_HASH]: _hash, ...labels } = recordAt(template, 'metadata', 'labels');
  return { ...template, metadata: { ...recordAt(template, 'metadata'), labels } };
}

export function isSameTemplate(one: ClusterObject, other: ClusterObject): boolean {
  return isDeepStrictEqual(plainTemplate(one), plainTemplate(other));
}

/**
 * The ReplicaSet that belongs to the template of a Deployment as it stands, or null before the cluster made it. Of
 * several with the same template it is the oldest, as for the cluster itself.
 */
export function newestReplicaSet(
  deployment: ClusterObject,
  replicaSets: readonly ClusterObject[],
): ClusterObject | null {
  const madeAt = (set: ClusterObject) => timeAt(set, 'metadata', 'creationTimestamp') ?? 0;
  const [oldest] = ownedBy(deployment, replicaSets)
    .filter((set) => isSameTemplate(set, deployment))
    .sort((a, b) => madeAt(a) - madeAt(b));
  return oldest ?? null;
}

/** The number by which a Deployment knows a ReplicaSet, or null where it has none yet. */
export function revisionOf(replicaSet: ClusterObject): number | null {
  const written = replicaSet.metadata.annotations?.[REVISION];
  return written && /^[1-9]\d{0,14}$/.test(written) ? Number(written) : null;
}

function revisionView(deployment: ClusterObject, set: ClusterObject, revision: number): RolloutRevision {
  const annotations = set.metadata.annotations ?? {};
  return {
    revision,
    replicaSet: set.metadata.name,
    templateHash: set.metadata.labels?.[TEMPLATE_HASH] ?? null,
    changeCause: annotations[CHANGE_CAUSE] ?? null,
    deploymentId: annotations[DEPLOYMENT_ID] ?? null,
    images: recordsAt(set, 'spec', 'template', 'spec', 'containers').map((container) => ({
      container: textAt(container, 'name') ?? '',
      image: textAt(container, 'image') ?? '',
    })),
    replicas: numberAt(set, 'status', 'replicas') ?? 0,
    createdAtMs: timeAt(set, 'metadata', 'creationTimestamp'),
    isCurrent: isSameTemplate(set, deployment),
  };
}

/** What a Deployment ran, the newest first; empty where it keeps no history (deployment S-44). */
export function revisionHistory(
  deployment: ClusterObject,
  replicaSets: readonly ClusterObject[],
): RolloutRevision[] {
  return ownedBy(deployment, replicaSets)
    .flatMap((set) => {
      const revision = revisionOf(set);
      return revision === null ? [] : [revisionView(deployment, set, revision)];
    })
    .sort((a, b) => b.revision - a.revision);
}

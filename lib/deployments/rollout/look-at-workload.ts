import { recordAt, recordsAt, textAt } from '#lib/model/json-fields.ts';
import type { Cluster, ClusterObject, ObjectKind, ObjectRef } from '#lib/ports/cluster/port.ts';
import { newestReplicaSet, ownedBy } from './replica-sets.ts';

const REPLICA_SETS: ObjectKind = { apiVersion: 'apps/v1', kind: 'ReplicaSet', plural: 'replicasets' };
const PODS: ObjectKind = { apiVersion: 'v1', kind: 'Pod', plural: 'pods' };

/** A workload with what belongs to it, read in one go. */
export interface WorkloadLook {
  workload: ClusterObject;
  replicaSets: readonly ClusterObject[];
  /** The ReplicaSet of the template as it stands; null before there is one, and for other kinds than Deployments. */
  newest: ClusterObject | null;
  /** All that its selector finds; whose they are is told by their owners. */
  pods: readonly ClusterObject[];
}

const OPERATORS: Readonly<Record<string, string>> = { In: 'in', NotIn: 'notin' };

/** A label selector as it is written in a path. */
export function selectorText(workload: ClusterObject): string {
  const labels = Object.entries(recordAt(workload, 'spec', 'selector', 'matchLabels'));
  const terms = recordsAt(workload, 'spec', 'selector', 'matchExpressions').map((term) => {
    const [key, operator] = [textAt(term, 'key') ?? '', textAt(term, 'operator') ?? ''];
    if (operator === 'Exists') return key;
    if (operator === 'DoesNotExist') return `!${key}`;
    const values = Array.isArray(term.values) ? term.values.join(',') : '';
    return `${key} ${OPERATORS[operator] ?? operator} (${values})`;
  });
  return [...labels.map(([name, value]) => `${name}=${value}`), ...terms].join(',');
}

/**
 * Reads a workload, its ReplicaSets and its pods; null where it is gone. The workload is read first: what is read after
 * it is never older, so that counters of a former spec are seen as such by their generation.
 *
 * @throws ClusterError
 */
export async function lookAtWorkload(
  cluster: Pick<Cluster, 'read' | 'list'>,
  ref: ObjectRef,
  signal: AbortSignal,
): Promise<WorkloadLook | null> {
  const workload = await cluster.read(ref, signal);
  if (!workload) return null;
  const { namespace } = ref;
  const options = { labelSelector: selectorText(workload) };
  const [replicaSets, pods] = await Promise.all([
    workload.kind === 'Deployment' ? cluster.list({ kind: REPLICA_SETS, namespace }, options, signal) : [],
    cluster.list({ kind: PODS, namespace }, options, signal),
  ]);
  const owned = ownedBy(workload, replicaSets);
  return { workload, replicaSets: owned, newest: newestReplicaSet(workload, owned), pods };
}

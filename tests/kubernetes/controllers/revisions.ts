import { isSame } from '../objects.ts';
import { type ClusterState, REPLICA_SETS } from '../storage/state.ts';
import { createObject } from '../storage/write.ts';
import { ownedBy, ownerReference, writeObject, writerFor } from './acting.ts';
import { surgeOf } from './rolling-limits.ts';
import { HASH_LABEL, templateHash, withoutHash } from './template-hash.ts';
import type { Deployment, PodTemplate, ReplicaSet } from './workloads.ts';

export const REVISION = 'deployment.kubernetes.io/revision';
const HISTORY = 'deployment.kubernetes.io/revision-history';
export const DESIRED = 'deployment.kubernetes.io/desired-replicas';
export const MAX = 'deployment.kubernetes.io/max-replicas';
const NOT_COPIED = new Set([
  ...[REVISION, HISTORY, DESIRED, MAX],
  'kubectl.kubernetes.io/last-applied-configuration',
]);

/** The ReplicaSets of a Deployment: the one of its template, null where there is none yet, and the others. */
export interface Sets {
  current: ReplicaSet | null;
  old: ReplicaSet[];
}

export function revisionOf(set: ReplicaSet): number {
  return Number(set.metadata.annotations?.[REVISION] ?? 0);
}

export function setsOf(state: ClusterState, deployment: Deployment): Sets {
  const all = ownedBy<ReplicaSet>(state, REPLICA_SETS, deployment);
  all.sort((a, b) => revisionOf(a) - revisionOf(b));
  const wanted = withoutHash(deployment.spec.template);
  const current = all.find((set) => isSame(withoutHash(set.spec.template), wanted)) ?? null;
  return { current, old: all.filter((set) => set !== current) };
}

/** What a ReplicaSet is annotated with: the Deployment's annotations, its revision, and what scaling goes by. */
function annotationsOf(
  deployment: Deployment,
  set: ReplicaSet | null,
  revision: number,
): Record<string, string> {
  const copied = Object.entries(deployment.metadata.annotations ?? {}).filter(
    ([name]) => !NOT_COPIED.has(name),
  );
  const own = set?.metadata.annotations ?? {};
  const before = set ? revisionOf(set) : 0;
  const history =
    before > 0 && before !== revision ? [own[HISTORY], before].filter(Boolean).join(',') : own[HISTORY];
  return {
    ...own,
    ...Object.fromEntries(copied),
    [REVISION]: String(Math.max(before, revision)),
    ...(history && { [HISTORY]: history }),
  };
}

export function scalingNotes(deployment: Deployment): Record<string, string> {
  const { replicas } = deployment.spec;
  return { [DESIRED]: String(replicas), [MAX]: String(replicas + surgeOf(deployment)) };
}

function newSet(deployment: Deployment, annotations: Record<string, string>): Record<string, unknown> {
  const { template, selector, minReadySeconds } = deployment.spec;
  const hash = templateHash(template);
  const labels = { ...template.metadata?.labels, [HASH_LABEL]: hash };
  const labelled: PodTemplate = { ...template, metadata: { ...template.metadata, labels } };
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${deployment.metadata.name}-${hash}`,
      namespace: deployment.metadata.namespace,
      labels,
      annotations: { ...annotations, ...scalingNotes(deployment) },
      ownerReferences: [ownerReference(deployment)],
    },
    spec: {
      replicas: 0,
      ...(minReadySeconds && { minReadySeconds }),
      selector: { matchLabels: { ...selector.matchLabels, [HASH_LABEL]: hash } },
      template: labelled,
    },
  };
}

/** The ReplicaSet of the template with the highest revision, made where there is none. */
export function ensureCurrent(state: ClusterState, deployment: Deployment, sets: Sets): ReplicaSet {
  const revision = Math.max(0, ...sets.old.map(revisionOf)) + 1;
  const annotations = annotationsOf(deployment, sets.current, revision);
  if (!sets.current) {
    const set = newSet(deployment, annotations) as unknown as ReplicaSet;
    return createObject(state, REPLICA_SETS, set, writerFor('apps/v1')) as ReplicaSet;
  }
  const { metadata } = sets.current;
  return writeObject(state, REPLICA_SETS, sets.current, {
    ...sets.current,
    metadata: { ...metadata, annotations },
  });
}

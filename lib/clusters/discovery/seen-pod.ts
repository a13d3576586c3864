import { fieldAt, recordsAt, textAt } from '#lib/model/json-fields.ts';
import type { ClusterObject } from '#lib/ports/cluster/port.ts';
import { AGENT_SANDBOX, groupOf } from './known-kinds.ts';
import { controllerOf } from './seen-workload.ts';

const TEMPLATE_HASH = 'pod-template-hash';

/** As much of a pod as is counted: a cluster has thousands. */
export interface SeenPod {
  namespace: string;
  /** What it runs for: `Deployment/name`. */
  owner: string;
  isReady: boolean;
  /** The digest that each container runs, by its name (deployment S-68). */
  digests: Readonly<Record<string, string>>;
}

export const ownerKey = (kind: string, name: string): string => `${kind}/${name}`;

/** A ReplicaSet is named after its Deployment and the hash of its template, which its pods carry. */
function ownerOf(pod: ClusterObject): string | null {
  const owner = controllerOf(pod);
  if (!owner) return null;
  if (owner.kind === 'StatefulSet') return ownerKey(owner.kind, owner.name);
  if (owner.kind === 'Sandbox' && groupOf(owner.apiVersion) === AGENT_SANDBOX)
    return ownerKey(owner.kind, owner.name);
  const hash = `-${pod.metadata.labels?.[TEMPLATE_HASH] ?? ''}`;
  if (owner.kind !== 'ReplicaSet' || hash === '-' || !owner.name.endsWith(hash)) return null;
  return ownerKey('Deployment', owner.name.slice(0, -hash.length));
}

/** `sha256:...` of `repository@sha256:...`, with or without what the runtime writes before it. */
export const digestIn = (image: string | null): string | null =>
  /@(sha256:[0-9a-f]{64})$/.exec(image ?? '')?.[1] ?? null;

/** What a pod says; null for one that runs for nothing that could be an agent, or is ending. */
export function seenPod(pod: ClusterObject): SeenPod | null {
  const owner = ownerOf(pod);
  const phase = textAt(pod, 'status', 'phase');
  if (!owner || pod.metadata.deletionTimestamp || phase === 'Succeeded' || phase === 'Failed') return null;
  const digests = recordsAt(pod, 'status', 'containerStatuses').flatMap((status): [string, string][] => {
    const [name, digest] = [textAt(status, 'name'), digestIn(textAt(status, 'imageID'))];
    return name && digest ? [[name, digest]] : [];
  });
  return {
    namespace: pod.metadata.namespace ?? '',
    owner,
    isReady: recordsAt(pod, 'status', 'conditions').some(
      (condition) => fieldAt(condition, 'type') === 'Ready' && fieldAt(condition, 'status') === 'True',
    ),
    digests: Object.fromEntries(digests),
  };
}

import { DEPLOYMENT_ID } from '#lib/model/workload-keys.ts';
import type { ClusterObject, ObjectMeta } from '#lib/ports/cluster/port.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;
/** The image that a workload of tests runs unless it says otherwise. */
export const IMAGE = `registry.test/planner@${DIGEST}`;

interface WorkloadParts {
  kind?: string;
  image?: string;
  spec?: Record<string, unknown>;
  status?: Record<string, unknown>;
  metadata?: Partial<ObjectMeta>;
}

const template = (image: string, labels: Record<string, string> = {}) => ({
  metadata: { labels: { app: 'planner', ...labels } },
  spec: { containers: [{ name: 'app', image }] },
});

/** A Deployment of three pods that is all the way there, made by deployment `d1` of ours. */
export function workload({
  kind = 'Deployment',
  image = IMAGE,
  ...parts
}: WorkloadParts = {}): ClusterObject {
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: {
      name: 'planner',
      namespace: 'agents',
      uid: 'deployment-uid',
      generation: 2,
      annotations: { [DEPLOYMENT_ID]: 'd1', 'deployment.kubernetes.io/revision': '2' },
      ...parts.metadata,
    },
    spec: {
      replicas: 3,
      selector: { matchLabels: { app: 'planner' } },
      template: template(image),
      ...parts.spec,
    },
    status: { observedGeneration: 2, replicas: 3, updatedReplicas: 3, availableReplicas: 3, ...parts.status },
  };
}

/** A ReplicaSet of that Deployment, as its controller makes one. */
export function replicaSet(
  name: string,
  {
    revision = 2,
    image = IMAGE,
    owner = 'deployment-uid',
    createdAt = '2026-11-01T00:00:00Z',
    annotations = {},
  },
): ClusterObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name,
      namespace: 'agents',
      uid: `${name}-uid`,
      creationTimestamp: createdAt,
      labels: { app: 'planner', 'pod-template-hash': name },
      annotations: { 'deployment.kubernetes.io/revision': String(revision), ...annotations },
      ownerReferences: [
        { apiVersion: 'apps/v1', kind: 'Deployment', name: 'planner', uid: owner, controller: true },
      ],
    },
    spec: { replicas: 3, template: template(image, { 'pod-template-hash': name }) },
    status: { replicas: 3 },
  };
}

/** A pod of a ReplicaSet, with what its status says. */
export function podOf(owner: string, name: string, status: Record<string, unknown>): ClusterObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'agents',
      uid: `${name}-uid`,
      ownerReferences: [
        { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: owner, uid: `${owner}-uid`, controller: true },
      ],
    },
    spec: {},
    status,
  };
}

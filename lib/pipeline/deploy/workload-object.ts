/**
 * Shipping: the job that carries deployments out. A worker looks at the cluster, decides, acts, and looks again; what
 * it remembers is in the row and in the mark on the workload, so that any worker can go on from anywhere.
 *
 * This file makes the objects: what is applied for a plan, what brings a stored version back, and what is stored.
 */
import { isDeepStrictEqual } from 'node:util';
import type { DeploymentRecord } from '#lib/deployments/move-deployment.ts';
import { imageText } from '#lib/deployments/rolling-back/image-reference.ts';
import { plainTemplate } from '#lib/deployments/rollout/replica-sets.ts';
import { recordAt } from '#lib/model/json-fields.ts';
import { DEPLOYMENT_ID } from '#lib/model/workload-keys.ts';
import type { ClusterObject, ObjectKind, ObjectPatch, ObjectRef } from '#lib/ports/cluster/port.ts';

const DEPLOYMENTS: ObjectKind = { apiVersion: 'apps/v1', kind: 'Deployment', plural: 'deployments' };
const CHANGE_CAUSE = 'kubernetes.io/change-cause';
/** What of a deployment its object is made of. */
export type Planned = Pick<
  DeploymentRecord,
  | 'id'
  | 'namespace'
  | 'workloadName'
  | 'container'
  | 'image'
  | 'version'
  | 'digest'
  | 'changeCause'
  | 'expectedResourceVersion'
>;

/** What a cluster itself writes of an object: nothing that could be brought back. */
const SERVER_FIELDS = ['managedFields', 'resourceVersion', 'generation', 'uid', 'creationTimestamp'];

export function workloadRef({
  namespace,
  workloadName,
}: Pick<Planned, 'namespace' | 'workloadName'>): ObjectRef {
  return { kind: DEPLOYMENTS, namespace, name: workloadName };
}

/** The image of a plan as its container names it. */
export function plannedImage({ image, version, digest }: Planned): string {
  return imageText({ image, version, digest });
}

/**
 * The object that is applied for a plan: every field that is ours, and no other (deployment S-02). The number of
 * replicas never is, so that neither people nor an autoscaler lose it (deployment S-06).
 *
 * @param live the workload as it is; null where it is to be made
 */
export function plannedWorkload(row: Planned, live: ClusterObject | null): ClusterObject {
  const fresh = { matchLabels: { 'app.kubernetes.io/name': row.workloadName } };
  const selector = live ? recordAt(live, 'spec', 'selector') : fresh;
  const cause: Record<string, string> = row.changeCause === '' ? {} : { [CHANGE_CAUSE]: row.changeCause };
  // A confirmed preview counts for the object that it was made of: the cluster refuses any other (deployment S-15).
  const pinned = row.expectedResourceVersion ? { resourceVersion: row.expectedResourceVersion } : {};
  return {
    apiVersion: DEPLOYMENTS.apiVersion,
    kind: DEPLOYMENTS.kind,
    metadata: {
      name: row.workloadName,
      namespace: row.namespace,
      annotations: { [DEPLOYMENT_ID]: row.id, ...cause },
      ...pinned,
    },
    spec: {
      selector,
      template: {
        metadata: { labels: recordAt(selector, 'matchLabels') },
        spec: { containers: [{ name: row.container, image: plannedImage(row) }] },
      },
    },
  };
}

/** An object as it is kept, so that it can return when the cluster has forgotten it (deployment S-44). */
export function storedObject(object: ClusterObject): Record<string, unknown> {
  const { status: _status, metadata, ...rest } = object;
  const kept = Object.entries(metadata).filter(([name]) => !SERVER_FIELDS.includes(name));
  return { ...rest, metadata: Object.fromEntries(kept) };
}

/** The patch that brings the template of a stored object back; null where it runs already (deployment S-42). */
export function restoringPatch(
  live: ClusterObject,
  stored: Record<string, unknown>,
  deploymentId: string,
): ObjectPatch | null {
  const template = plainTemplate(stored as unknown as ClusterObject);
  if (isDeepStrictEqual(template, plainTemplate(live))) return null;
  const annotations = { ...live.metadata.annotations, [DEPLOYMENT_ID]: deploymentId };
  return {
    form: 'json',
    operations: [
      { op: 'replace', path: '/spec/template', value: template },
      {
        op: live.metadata.annotations ? 'replace' : 'add',
        path: '/metadata/annotations',
        value: annotations,
      },
    ],
  };
}

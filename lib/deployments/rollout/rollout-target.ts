import { recordsAt, textAt } from '#lib/model/json-fields.ts';
import type { RolloutTarget } from '#lib/model/rollout.ts';
import { DEPLOYMENT_ID } from '#lib/model/workload-keys.ts';
import type { ClusterObject } from '#lib/ports/cluster/port.ts';
import { TEMPLATE_HASH } from './replica-sets.ts';

/** The digest of an image, where it is named by one: the registry before it may be a mirror. */
const digestOf = (image: string): string | null => /@(sha256:[0-9a-f]{64})$/.exec(image)?.[1] ?? null;

/** Whether two names are of one image: by digest where there is one, else letter by letter. */
function isSameImage(wanted: string, found: string): boolean {
  return (digestOf(wanted) ?? wanted) === (digestOf(wanted) ? digestOf(found) : found);
}

/** Whether the pods of a template are those that were rolled out; containers that others put beside ours do not count. */
function hasImages(owner: ClusterObject, images: RolloutTarget['images']): boolean {
  const containers = recordsAt(owner, 'spec', 'template', 'spec', 'containers');
  return Object.entries(images).every(([name, image]) => {
    const found = containers.find((container) => textAt(container, 'name') === name);
    return found !== undefined && isSameImage(image, textAt(found, 'image') ?? '');
  });
}

/** Whether a workload still is what we made of it: our deployment, our images. */
export function carriesTarget(workload: ClusterObject, target: RolloutTarget): boolean {
  const mark = workload.metadata.annotations?.[DEPLOYMENT_ID];
  return mark === target.deploymentId && hasImages(workload, target.images);
}

/**
 * Whether the newest ReplicaSet of a Deployment is the one that we rolled out (deployment S-28); `unknown` as long as
 * it has not come to be.
 */
export function isOurs(
  deployment: ClusterObject,
  newest: ClusterObject | null,
  target: RolloutTarget,
): 'ours' | 'foreign' | 'unknown' {
  if (!carriesTarget(deployment, target)) return 'foreign';
  if (newest === null) return 'unknown';
  const hash = newest.metadata.labels?.[TEMPLATE_HASH] ?? null;
  if (target.templateHash !== null && hash !== target.templateHash) return 'foreign';
  return hasImages(newest, target.images) ? 'ours' : 'foreign';
}

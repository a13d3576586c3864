import type { RunningImages } from '#lib/model/deployment.ts';
import { recordsAt, textAt } from '#lib/model/json-fields.ts';
import type { WorkloadLook } from './look-at-workload.ts';
import { ownedBy } from './replica-sets.ts';

/** The digest in what a runtime names as the image; an id of the image's configuration alone is none. */
function digestOf(imageId: string): string | null {
  return /@(sha256:[0-9a-f]{64})$/.exec(imageId)?.[1] ?? null;
}

interface Deployed {
  container: string;
  digest: string | null;
  platformDigests: readonly string[];
}

/**
 * What the pods of a workload run, and whether that is what was deployed (deployment S-68). Pods of former ReplicaSets
 * count too as long as they run; those that have not started yet have no image.
 */
export function runningImages(
  { replicaSets, pods }: Pick<WorkloadLook, 'replicaSets' | 'pods'>,
  { container, digest, platformDigests }: Deployed,
  nowMs: number,
): RunningImages {
  const own = replicaSets.flatMap((set) => ownedBy(set, pods));
  const ids = own
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .flatMap((pod) => recordsAt(pod, 'status', 'containerStatuses'))
    .filter((status) => textAt(status, 'name') === container)
    .map((status) => textAt(status, 'imageID') ?? '')
    .filter((id) => id !== '');
  const counted = Map.groupBy(ids, digestOf);
  const images = [...counted].map(([found, all]) => ({ digest: found, pods: all.length }));
  const known = images.flatMap((image) => (image.digest === null ? [] : [image.digest]));
  const wanted = new Set([digest, ...platformDigests]);
  const isDrifted = digest === null || known.length === 0 ? null : known.some((found) => !wanted.has(found));
  return { observedAt: nowMs, images: images.toSorted((a, b) => b.pods - a.pods), isDrifted };
}

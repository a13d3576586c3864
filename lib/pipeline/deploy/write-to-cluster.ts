import type { DeploymentRecord } from '#lib/deployments/move-deployment.ts';
import { quotaWords } from '#lib/deployments/rollout/quota.ts';
import { type Cluster, ClusterError, type ClusterObject, type ObjectPatch } from '#lib/ports/cluster/port.ts';
import { droppedReplicas, HAND_OVER_MANAGER, replicasOnly } from './replicas.ts';
import { fail, type SettleTools } from './settle.ts';
import { workloadRef } from './workload-object.ts';

/** One name for all that Pitwall applies (deployment S-01). */
export const FIELD_MANAGER = 'pitwall';
/** One request has so long; whether it was carried out is seen at the next look (deployment S-59). */
const REQUEST_MS = 30_000;

const within = (signal: AbortSignal) => AbortSignal.any([signal, AbortSignal.timeout(REQUEST_MS)]);

/**
 * Whether nobody loses fields but those whom somebody named, and ourselves: what a rollback patched counts as another
 * manager of our name, since a patch is no apply.
 */
function isConfirmed(row: DeploymentRecord, error: ClusterError): boolean {
  const losing = [...row.forceManagers, FIELD_MANAGER];
  return error.causes.length > 0 && error.causes.every(({ manager }) => losing.includes(manager));
}

/**
 * Lets another manager hold the number of replicas before an apply of ours leaves it out, if an apply of our name ever
 * said it: else it would fall to 1 until an autoscaler or somebody sets it again (deployment S-06).
 */
async function handReplicasOver(
  cluster: Cluster,
  row: DeploymentRecord,
  { object, live }: { object: ClusterObject; live: ClusterObject | null },
  signal: AbortSignal,
): Promise<ClusterObject> {
  const replicas = droppedReplicas(live, FIELD_MANAGER);
  if (replicas === null) return object;
  const options = { fieldManager: HAND_OVER_MANAGER, force: false, dryRun: false };
  const held = await cluster.apply(workloadRef(row), replicasOnly(object, replicas), options, within(signal));
  // What was pinned to a version stays so: it is the same object but for who holds that number.
  const { resourceVersion } = object.metadata.resourceVersion ? held.metadata : object.metadata;
  return { ...object, metadata: { ...object.metadata, ...(resourceVersion && { resourceVersion }) } };
}

/**
 * Applies an object. Other managers lose nothing unless they are those that somebody named (deployment S-03, S-04): that
 * is asked without force first, since only the answer says who it would be.
 *
 * @param live the workload as it is; null where it is to be made
 * @throws ClusterError
 */
export async function applyObject(
  cluster: Cluster,
  row: DeploymentRecord,
  planned: { object: ClusterObject; live: ClusterObject | null },
  signal: AbortSignal,
): Promise<void> {
  const object = await handReplicasOver(cluster, row, planned, signal);
  const options = { fieldManager: FIELD_MANAGER, dryRun: false };
  try {
    await cluster.apply(workloadRef(row), object, { ...options, force: false }, within(signal));
  } catch (error) {
    if (!(error instanceof ClusterError && error.code === 'field_conflict' && isConfirmed(row, error)))
      throw error;
    await cluster.apply(workloadRef(row), object, { ...options, force: true }, within(signal));
  }
}

/** @throws ClusterError */
export async function patchWorkload(
  cluster: Cluster,
  row: DeploymentRecord,
  patch: ObjectPatch,
  signal: AbortSignal,
): Promise<void> {
  await cluster.patch(workloadRef(row), patch, { dryRun: false }, within(signal));
}

/**
 * Ends a deployment that the cluster refuses for good. Anything else is no answer: the next look at the cluster says what
 * came of it.
 *
 * @returns whether it is over
 */
export async function refusedForGood(
  tools: SettleTools,
  row: DeploymentRecord,
  error: ClusterError,
): Promise<boolean> {
  const words = quotaWords(error.message) ?? error.message;
  switch (error.code) {
    case 'field_conflict': {
      const whose = [...new Set(error.causes.map(({ manager }) => manager))].join(', ');
      const message = `Field conflict: ${whose || 'other managers'} own fields that it sets.`;
      await fail(tools, row, 'FIELD_CONFLICT', message, { conflicts: [...error.causes] });
      return true;
    }
    case 'conflict':
      if (row.expectedResourceVersion === null) return false;
      await fail(
        tools,
        row,
        'PREVIEW_OUT_OF_DATE',
        'The preview is out of date: the workload has changed since.',
      );
      return true;
    case 'forbidden':
      await fail(tools, row, 'FORBIDDEN_BY_CLUSTER', words);
      return true;
    case 'invalid':
    case 'not_found':
      await fail(tools, row, 'REFUSED_BY_CLUSTER', words);
      return true;
    default:
      return false;
  }
}

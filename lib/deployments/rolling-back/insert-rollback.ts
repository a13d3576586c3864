import { and, desc, eq, isNotNull, lt } from 'drizzle-orm';
import type { Tx } from '#db/client.ts';
import { deployments } from '#db/schema/deployments.ts';
import { textAt } from '#lib/model/json-fields.ts';
import { isUuid } from '#lib/model/uuid.ts';
import { DEPLOYMENT_ID } from '#lib/model/workload-keys.ts';
import { insertDeployment, payloadHashOf } from '../insert-deployment.ts';
import type { DeploymentRecord, Doer } from '../move-deployment.ts';
import { ofWorkload } from '../of-workload.ts';
import { containerImage } from './image-reference.ts';

/** What a rollback brings back: an object that is stored here, or a revision that the cluster still keeps. */
export interface Restored {
  manifest: Record<string, unknown> | null;
  deploymentId: string | null;
  revision: number | null;
}

interface RollbackOptions {
  doer: Doer;
  requestedBy: DeploymentRecord['requestedBy'];
  at: Date;
  resume?: boolean;
  queue?: boolean;
  idempotencyKey?: string | undefined;
}

/** A deployment of the same workload that was applied; null where there is none of that id. */
export async function appliedOf(tx: Tx, of: DeploymentRecord, id: string): Promise<DeploymentRecord | null> {
  const [row] = await tx
    .select()
    .from(deployments)
    .where(and(ofWorkload(of), eq(deployments.id, id), isNotNull(deployments.manifest)));
  return row ?? null;
}

/** The deployment that made an object what it is, by the mark that it left; anybody may write anything there. */
function makerOf(manifest: unknown): string | null {
  const mark = textAt(manifest, 'metadata', 'annotations', DEPLOYMENT_ID);
  return mark !== null && isUuid(mark) ? mark : null;
}

/** The commit that what returns was made of, and its digests for each platform, unless somebody else has put another image there since. */
async function sourceOf(tx: Tx, target: DeploymentRecord, { deploymentId, manifest }: Restored) {
  const makerId = deploymentId ?? makerOf(manifest);
  const maker = makerId === null ? null : await appliedOf(tx, target, makerId);
  const image = containerImage(manifest, target.container);
  const isOfMaker =
    maker?.image === image?.image && maker?.version === image?.version && maker?.digest === image?.digest;
  return maker && isOfMaker
    ? { repositoryId: maker.repositoryId, sha: maker.sha, platformDigests: maker.platformDigests }
    : { repositoryId: null, sha: null };
}

/** Makes the deployment that takes another one back (deployment S-63); nobody needs to approve it. */
export async function insertRollback(
  tx: Tx,
  target: DeploymentRecord,
  restored: Restored,
  { doer, requestedBy, at, resume = false, queue = false, idempotencyKey }: RollbackOptions,
): Promise<{ row: DeploymentRecord; isNew: boolean }> {
  const { deploymentId, revision, manifest } = restored;
  const image = containerImage(manifest, target.container);
  const values = {
    teamId: target.teamId,
    agentId: target.agentId,
    agentName: target.agentName,
    environment: target.environment,
    clusterId: target.clusterId,
    clusterName: target.clusterName,
    namespace: target.namespace,
    workloadKind: target.workloadKind,
    workloadName: target.workloadName,
    kind: 'rollback',
    container: target.container,
    image: image?.image ?? target.image,
    version: image?.version ?? (revision === null ? 'before' : `revision ${revision}`),
    digest: image?.digest ?? null,
    ...(await sourceOf(tx, target, restored)),
    changeCause: `Rolls back ${target.version}`,
    restoredManifest: manifest,
    restoresDeploymentId: deploymentId,
    restoresRevision: revision,
    targetDeploymentId: target.id,
    resumeFirst: resume,
    idempotencyKey: idempotencyKey ?? null,
    payloadHash: payloadHashOf({ kind: 'rollback', target: target.id, deploymentId, revision, resume }),
    requestedBy,
    requestedByName: doer.name,
    nextAt: at,
    createdAt: at,
  } as const;
  return insertDeployment(tx, values, { queue, doer, at });
}

/**
 * What returns by itself when a deployment failed: what ran before, unless that failed too; then the last one that
 * was completed (deployment S-62). Null: nothing does.
 */
async function lastGood(tx: Tx, failed: DeploymentRecord): Promise<Restored | null> {
  const before = failed.previousManifest;
  if (before === null) return null;
  const makerId = makerOf(before);
  const maker = makerId === null ? null : await appliedOf(tx, failed, makerId);
  if (maker?.status !== 'failed')
    return { manifest: before, deploymentId: maker?.id ?? null, revision: null };
  const [good] = await tx
    .select()
    .from(deployments)
    .where(
      and(
        ofWorkload(failed),
        eq(deployments.status, 'completed'),
        isNotNull(deployments.manifest),
        lt(deployments.id, failed.id),
      ),
    )
    .orderBy(desc(deployments.id))
    .limit(1);
  return good ? { manifest: good.manifest, deploymentId: good.id, revision: null } : null;
}

/**
 * Takes a failed deployment back by itself, at most once; a rollback never is (deployment S-62). Null where it is not to,
 * or nothing ran before it (deployment S-64).
 */
export async function rollBackByItself(
  tx: Tx,
  failed: DeploymentRecord,
  at: Date,
): Promise<DeploymentRecord | null> {
  if (!failed.autoRollback || failed.kind === 'rollback' || failed.manifest === null) return null;
  const earlier = await tx
    .select({ id: deployments.id })
    .from(deployments)
    .where(and(eq(deployments.teamId, failed.teamId), eq(deployments.targetDeploymentId, failed.id)));
  if (earlier.length > 0) return null;
  const restored = await lastGood(tx, failed);
  if (!restored) return null;
  const doer = { kind: 'system', id: 'auto-rollback', name: 'automatic rollback' } as const;
  return (await insertRollback(tx, failed, restored, { doer, requestedBy: null, at })).row;
}

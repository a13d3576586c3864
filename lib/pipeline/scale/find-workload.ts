import { and, desc, eq, inArray } from 'drizzle-orm';
import type { Db } from '#db/client.ts';
import { clusters } from '#db/schema/clusters.ts';
import { deployments } from '#db/schema/deployments.ts';
import { isTaken } from '#db/taken.ts';
import { ACTIVE_STATUSES } from '#lib/model/deployment-status.ts';
import type { ScalingState } from '#lib/model/scaling.ts';
import { namedWorkload, type ScalingPolicyRow } from '#lib/scaling/policy-rows.ts';
import { writeUnderLease } from './claim-policies.ts';

export type Workload = NonNullable<ScalingState['workload']>;

/** The workload of a policy: the one that it names, else that of the agent's last completed deployment; null: none. */
export async function findWorkload(db: Db, row: ScalingPolicyRow): Promise<Workload | null> {
  const named = namedWorkload(row);
  if (named) {
    const own = and(eq(clusters.id, named.clusterId), eq(clusters.teamId, row.teamId));
    const [cluster] = await db.select({ name: clusters.name }).from(clusters).where(own);
    return { ...named, clusterName: cluster?.name ?? 'a removed cluster' };
  }
  const { clusterId, clusterName, namespace, workloadName } = deployments;
  const [last] = await db
    .select({ clusterId, clusterName, namespace, name: workloadName })
    .from(deployments)
    .where(
      and(
        eq(deployments.teamId, row.teamId),
        eq(deployments.agentId, row.agentId),
        eq(deployments.status, 'completed'),
      ),
    )
    .orderBy(desc(deployments.finishedAt), desc(deployments.id))
    .limit(1);
  return last ?? null;
}

/**
 * Takes a workload in hand, so that no other policy scales it.
 *
 * @returns whether it is this policy's
 * @throws LeaseLost
 */
export async function holdWorkload(db: Db, row: ScalingPolicyRow, workload: Workload): Promise<boolean> {
  const { clusterId: heldClusterId, namespace: heldNamespace, name: heldWorkload } = workload;
  try {
    await writeUnderLease(db, row, { heldClusterId, heldNamespace, heldWorkload });
    return true;
  } catch (error) {
    if (isTaken(error)) return false;
    throw error;
  }
}

/** The version that is being rolled out to a workload by Pitwall; null: none. */
export async function versionUnderWay(db: Db, teamId: string, workload: Workload): Promise<string | null> {
  const [active] = await db
    .select({ version: deployments.version })
    .from(deployments)
    .where(
      and(
        eq(deployments.teamId, teamId),
        eq(deployments.clusterId, workload.clusterId),
        eq(deployments.namespace, workload.namespace),
        eq(deployments.workloadName, workload.name),
        inArray(deployments.status, [...ACTIVE_STATUSES]),
        eq(deployments.isQueued, false),
      ),
    )
    .limit(1);
  return active?.version ?? null;
}

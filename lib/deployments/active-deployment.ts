import { and, eq, inArray } from 'drizzle-orm';
import type { Reader } from '#db/client.ts';
import { deployments } from '#db/schema/deployments.ts';
import type { ActiveDeployment } from '#lib/model/deployment-plan.ts';
import { ACTIVE_STATUSES } from '#lib/model/deployment-status.ts';
import type { DeploymentRecord } from './move-deployment.ts';

type Place = Pick<DeploymentRecord, 'teamId' | 'clusterId' | 'namespace' | 'workloadKind' | 'workloadName'>;

/** The deployment of a workload that others wait behind; null where there is none (deployment S-55). */
export async function activeDeployment(db: Reader, place: Place): Promise<ActiveDeployment | null> {
  const { id, version, isPaused } = deployments;
  const [active] = await db
    .select({ id, version, isPaused })
    .from(deployments)
    .where(
      and(
        eq(deployments.teamId, place.teamId),
        eq(deployments.clusterId, place.clusterId),
        eq(deployments.namespace, place.namespace),
        eq(deployments.workloadKind, place.workloadKind),
        eq(deployments.workloadName, place.workloadName),
        inArray(deployments.status, [...ACTIVE_STATUSES]),
        eq(deployments.isQueued, false),
      ),
    );
  return active ?? null;
}

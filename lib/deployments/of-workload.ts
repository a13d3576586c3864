import { and, eq } from 'drizzle-orm';
import { deployments } from '#db/schema/deployments.ts';
import type { DeploymentRecord } from './move-deployment.ts';

/** The deployments of the same workload, in the same team. */
export const ofWorkload = (row: DeploymentRecord) =>
  and(
    eq(deployments.teamId, row.teamId),
    eq(deployments.clusterId, row.clusterId),
    eq(deployments.namespace, row.namespace),
    eq(deployments.workloadKind, row.workloadKind),
    eq(deployments.workloadName, row.workloadName),
  );

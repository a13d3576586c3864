/**
 * The outbox of what hosts of source code are told: rows that are written in the transaction that causes them, and
 * sent by whoever holds their lease.
 *
 * This file writes them.
 */
import { and, eq, ne, sql } from 'drizzle-orm';
import type { Tx } from '#db/client.ts';
import { hostDeployments, hostStatuses } from '#db/schema/repositories.ts';
import type { DeploymentStatus } from '#lib/model/deployment-status.ts';
import { hostStateOf } from '#lib/model/host-state.ts';

/** Where a deployment is shown at its host. */
export interface ShownAtHost {
  deploymentId: string;
  teamId: string;
  repositoryId: string;
  /** Whole. */
  sha: string;
  environment: string;
  isProduction: boolean;
}

/** Has a deployment shown at the host of its source; from then on its statuses are told there. */
export async function showAtHost(tx: Tx, shown: ShownAtHost): Promise<void> {
  await tx.insert(hostDeployments).values(shown).onConflictDoNothing();
}

/** What is told of a change. */
export interface ToldStatus {
  status: DeploymentStatus;
  /** In words; cut to what the host takes. */
  description: string;
  /** Whether a failure is none of the version: a cluster that is away, say. */
  isInfrastructure?: boolean;
}

type Row = typeof hostDeployments.$inferSelect;

/**
 * GitHub makes older deployments of an environment inactive by itself, but not those of production: what stood there
 * before is told so (deployment S-92).
 */
async function retireOthers(tx: Tx, { deploymentId, repositoryId, environment }: Row): Promise<void> {
  const last = sql`(select s.state from host_statuses s where s.deployment_id = host_deployments.deployment_id
    order by s.seq desc limit 1)`;
  const others = await tx
    .select({ deploymentId: hostDeployments.deploymentId, teamId: hostDeployments.teamId })
    .from(hostDeployments)
    .where(
      and(
        eq(hostDeployments.repositoryId, repositoryId),
        eq(hostDeployments.environment, environment),
        ne(hostDeployments.deploymentId, deploymentId),
        sql`${last} = 'success'`,
      ),
    );
  const row = { state: 'inactive', description: 'Another version runs now.' } as const;
  if (others.length > 0) await tx.insert(hostStatuses).values(others.map((other) => ({ ...other, ...row })));
}

/** Tells the host of a deployment's new status, if it is shown at one; in the transaction of the change. */
export async function enqueueHostStatus(tx: Tx, deploymentId: string, told: ToldStatus): Promise<void> {
  const [shown] = await tx
    .select()
    .from(hostDeployments)
    .where(eq(hostDeployments.deploymentId, deploymentId));
  if (!shown) return;
  const state = hostStateOf(told.status, told.isInfrastructure);
  const { teamId } = shown;
  await tx.insert(hostStatuses).values({ teamId, deploymentId, state, description: told.description });
  if (state === 'success' && shown.isProduction) await retireOthers(tx, shown);
}

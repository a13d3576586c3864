import { and, asc, eq, gt, isNotNull, lte, ne, or, sql } from 'drizzle-orm';
import type { Db, Tx } from '#db/client.ts';
import { deploymentEvents, deployments } from '#db/schema/deployments.ts';
import { repositories } from '#db/schema/repositories.ts';
import type { DeploymentRecord } from '#lib/deployments/move-deployment.ts';
import { enqueueHostStatus, showAtHost } from '#lib/repositories/outbox/enqueue-status.ts';

const BATCH = 50;
/** The environment that hosts are told is the one of production. */
const PRODUCTION = 'production';
/** Failures that are none of the version (deployment S-91). */
const OF_THE_CLUSTER: readonly string[] = ['APPLY_TIMEOUT', 'CLUSTER_GONE', 'FORBIDDEN_BY_CLUSTER'];

type Event = typeof deploymentEvents.$inferSelect;

/** Its statuses since the last time, in their order. */
async function changesOf(tx: Tx, row: DeploymentRecord): Promise<Event[]> {
  const { deploymentId, seq, fromStatus, toStatus } = deploymentEvents;
  const isChange = or(sql`${fromStatus} is null`, ne(fromStatus, toStatus));
  const isNew = and(gt(seq, row.hostToldSeq), lte(seq, row.seq));
  return tx
    .select()
    .from(deploymentEvents)
    .where(and(eq(deploymentId, row.id), isNew, isChange))
    .orderBy(asc(seq));
}

/** Whether its repository is still connected, and stays so for this transaction. */
async function isConnected(tx: Tx, { teamId, repositoryId }: DeploymentRecord): Promise<boolean> {
  const own = and(eq(repositories.id, repositoryId ?? ''), eq(repositories.teamId, teamId));
  const [row] = await tx.select({ id: repositories.id }).from(repositories).where(own).for('key share');
  return row !== undefined;
}

async function tell(tx: Tx, row: DeploymentRecord): Promise<void> {
  const { id: deploymentId, teamId, repositoryId, sha, environment } = row;
  if (repositoryId === null || sha === null || !(await isConnected(tx, row))) return;
  const isProduction = environment === PRODUCTION;
  await showAtHost(tx, { deploymentId, teamId, repositoryId, sha, environment, isProduction });
  for (const { toStatus: status, code, message } of await changesOf(tx, row)) {
    const description = message || `${row.agentName} ${row.version}`;
    await enqueueHostStatus(tx, deploymentId, {
      ...{ status, description, isInfrastructure: OF_THE_CLUSTER.includes(code) },
    });
  }
}

/**
 * Puts what became of deployments into the outbox of their hosts (deployment S-91, S-92). It is read from the timelines,
 * which every change is written to in its own transaction, so that nothing is lost or told twice whoever made the change,
 * and nothing that changes a deployment waits for what belongs to a repository.
 */
export async function tellHosts(db: Db): Promise<{ done: number; more: boolean }> {
  return db.transaction(async (tx) => {
    const rows = await tx
      .select()
      .from(deployments)
      .where(and(isNotNull(deployments.repositoryId), gt(deployments.seq, deployments.hostToldSeq)))
      // What a rollback took back changes with it: it is inactive before the rollback is told to be complete.
      .orderBy(asc(deployments.id))
      .limit(BATCH)
      .for('update', { skipLocked: true });
    for (const row of rows) {
      await tell(tx, row);
      await tx.update(deployments).set({ hostToldSeq: row.seq }).where(eq(deployments.id, row.id));
    }
    return { done: rows.length, more: rows.length === BATCH };
  });
}

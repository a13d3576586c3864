import { and, eq, inArray, sql } from 'drizzle-orm';
import type { Db } from '#db/client.ts';
import { deployments } from '#db/schema/deployments.ts';
import type { DeploymentRecord, DeploymentValues } from '#lib/deployments/move-deployment.ts';

/** A worker that says nothing for so long has lost what it claimed; longer than what it does between two words takes. */
const LEASE_SECONDS = 90;
const BATCH = 10;

/** Somebody else has taken it over: whoever held it before writes nothing more, here or in the cluster. */
export class LeaseLost extends Error {}

/**
 * Takes on deployments that are due, each by one worker; those whose worker says nothing any more too (deployment
 * S-56). What waits for approval is due when it has it, when its time is over, or to have its tag looked up.
 */
export async function claimDeployments(db: Db, worker: string): Promise<DeploymentRecord[]> {
  const claimed = await db.execute<{ id: string }>(sql`
    with due as materialized (
      select id from deployments
      where status in ('pending', 'awaiting_approval', 'in_progress') and not is_queued
        and next_at <= alert_now() and (lease_expires_at is null or lease_expires_at <= alert_now())
        and (status <> 'awaiting_approval' or approved_at is not null or approval_expires_at <= alert_now()
          or resolves_tag and digest is null)
      order by next_at
      limit ${BATCH}
      for update skip locked
    )
    update deployments set lease_owner = ${worker}, lease_version = lease_version + 1,
      lease_expires_at = alert_now() + make_interval(secs => ${LEASE_SECONDS})
    from due where deployments.id = due.id
    returning deployments.id`);
  if (claimed.length === 0) return [];
  const ids = claimed.map(({ id }) => id);
  return db.select().from(deployments).where(inArray(deployments.id, ids));
}

/**
 * Writes what belongs to the job, under the fencing token, and extends the lease: called before every write to the
 * cluster. Leaves status and timeline alone.
 *
 * @throws LeaseLost
 */
export async function writeUnderLease(
  db: Db,
  row: DeploymentRecord,
  values: DeploymentValues = {},
): Promise<DeploymentRecord> {
  const leaseExpiresAt = sql`alert_now() + make_interval(secs => ${LEASE_SECONDS})`;
  const [held] = await db
    .update(deployments)
    .set({ ...values, leaseExpiresAt })
    .where(and(eq(deployments.id, row.id), eq(deployments.leaseVersion, row.leaseVersion)))
    .returning();
  if (!held) throw new LeaseLost(`deployment ${row.id} was taken over`);
  return held;
}

/** Gives a deployment back until it is due again, in so many milliseconds; what somebody wanted of it meanwhile stays due. */
export async function releaseLease(db: Db, row: DeploymentRecord, inMs: number): Promise<void> {
  await db.execute(sql`
    update deployments set lease_owner = null, lease_expires_at = null,
      next_at = case when date_trunc('milliseconds', next_at) = ${row.nextAt.toISOString()}::timestamptz
        then alert_now() + make_interval(secs => ${inMs / 1000}) else next_at end
    where id = ${row.id}::uuid and lease_version = ${row.leaseVersion}`);
}

/** Since when the quietest worker has not extended the lease of what it carries out, seconds; 0: nobody has one. */
export async function oldestLeaseSeconds(db: Db): Promise<number> {
  const [found] = await db.execute<{ age: number | null }>(sql`
    select extract(epoch from max(alert_now() - lease_expires_at))::float8 + ${LEASE_SECONDS} as age from deployments
    where status in ('pending', 'awaiting_approval', 'in_progress') and lease_owner is not null`);
  return Math.max(0, found?.age ?? 0);
}

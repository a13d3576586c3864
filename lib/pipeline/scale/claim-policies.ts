import { and, eq, inArray, sql } from 'drizzle-orm';
import type { PgUpdateSetSource } from 'drizzle-orm/pg-core';
import type { Db, Tx } from '#db/client.ts';
import { scalingPolicies } from '#db/schema/scaling.ts';
import type { ScalingPolicyRow } from '#lib/scaling/policy-rows.ts';

/** A worker that says nothing for so long has lost what it claimed; longer than one look takes. */
const LEASE_SECONDS = 90;
const BATCH = 10;

export type PolicyValues = PgUpdateSetSource<typeof scalingPolicies>;

/** Somebody else has taken it over, or the policy was changed: whoever held it before writes nothing more. */
export class LeaseLost extends Error {}

const lostLease = ({ id }: ScalingPolicyRow) => new LeaseLost(`scaling policy ${id} was taken over`);

/**
 * Takes on policies that are due, each by one worker; those whose worker says nothing any more too. What policies of
 * deleted agents hold is given back.
 */
export async function claimPolicies(db: Db, worker: string): Promise<ScalingPolicyRow[]> {
  await db.execute(sql`
    update scaling_policies p set held_cluster_id = null, held_namespace = null, held_workload = null
    from agents a where a.id = p.agent_id and a.deleted_at is not null and p.held_cluster_id is not null`);
  const claimed = await db.execute<{ id: string }>(sql`
    with due as materialized (
      select p.id from scaling_policies p
      join agents a on a.id = p.agent_id and a.deleted_at is null
      where p.next_at <= alert_now() and (p.lease_expires_at is null or p.lease_expires_at <= alert_now())
      order by p.next_at
      limit ${BATCH}
      for update of p skip locked
    )
    update scaling_policies set lease_owner = ${worker}, lease_version = lease_version + 1,
      lease_expires_at = alert_now() + make_interval(secs => ${LEASE_SECONDS})
    from due where scaling_policies.id = due.id
    returning scaling_policies.id`);
  if (claimed.length === 0) return [];
  const ids = claimed.map(({ id }) => id);
  return db.select().from(scalingPolicies).where(inArray(scalingPolicies.id, ids));
}

/** Writes under the fencing token, and extends the lease. @throws LeaseLost */
export async function writeUnderLease(
  db: Db | Tx,
  row: ScalingPolicyRow,
  values: PolicyValues,
): Promise<ScalingPolicyRow> {
  const leaseExpiresAt = sql`alert_now() + make_interval(secs => ${LEASE_SECONDS})`;
  const [held] = await db
    .update(scalingPolicies)
    .set({ ...values, leaseExpiresAt })
    .where(and(eq(scalingPolicies.id, row.id), eq(scalingPolicies.leaseVersion, row.leaseVersion)))
    .returning();
  if (!held) throw lostLease(row);
  return held;
}

/** Gives a policy back until it is due again, in so many milliseconds. */
export async function releaseLease(db: Db, row: ScalingPolicyRow, inMs: number): Promise<void> {
  await db.execute(sql`
    update scaling_policies set lease_owner = null, lease_expires_at = null,
      next_at = alert_now() + make_interval(secs => ${inMs / 1000})
    where id = ${row.id}::uuid and lease_version = ${row.leaseVersion}`);
}

import { eq, sql } from 'drizzle-orm';
import type { Db, Tx } from '#db/client.ts';
import { clusters } from '#db/schema/clusters.ts';

/** A worker that says nothing for so long watches no more: another one does. Seconds. */
export const LEASE_SECONDS = 30;
/** How many clusters a worker takes on at once, so that several workers share them. */
const TAKES = 5;

const lease = sql`${LEASE_SECONDS} * interval '1 second'`;

export interface LeasedCluster {
  id: string;
  teamId: string;
  /** Grows with every change of how it is reached and which namespaces are used. */
  version: number;
  namespaces: string[];
  /** When somebody last had it looked at, Unix milliseconds. */
  checkedMs: number | null;
}

type Row = typeof clusters.$inferSelect;

const leasedOf = ({ id, teamId, version, namespaces, checkedAt }: Row): LeasedCluster => ({
  ...{ id, teamId, version, namespaces, checkedMs: checkedAt?.getTime() ?? null },
});

/**
 * Renews the leases of a worker and takes on clusters that nobody watches. What was known of those is stale since they
 * were watched last (deployment S-79).
 */
export async function renewLeases(db: Db, owner: string): Promise<LeasedCluster[]> {
  const until = sql`alert_now() + ${lease}`;
  const kept = await db
    .update(clusters)
    .set({ watchLeaseUntil: until })
    .where(sql`${clusters.watchOwner} = ${owner} and ${clusters.watchLeaseUntil} > alert_now()`)
    .returning();
  // One further ahead than leases reach was made before the clock went back.
  const free = sql`${clusters.id} in (
    select id from clusters
    where watch_lease_until is null or watch_lease_until <= alert_now()
      or watch_lease_until > alert_now() + 3 * ${lease}
    order by watch_lease_until nulls first limit ${TAKES} for update skip locked)`;
  const taken = await db
    .update(clusters)
    .set({
      watchOwner: owner,
      watchLeaseUntil: until,
      watchStaleSince: sql`coalesce(${clusters.watchStaleSince},
        least(${clusters.watchLeaseUntil} - ${lease}, alert_now()))`,
    })
    .where(free)
    .returning();
  return [...kept, ...taken].map(leasedOf);
}

/** Gives the clusters of a worker that ends, or may not watch, to the others. */
export async function releaseLeases(db: Db, owner: string): Promise<void> {
  await db
    .update(clusters)
    .set({ watchOwner: null, watchLeaseUntil: sql`alert_now()`, watchStaleSince: sql`alert_now()` })
    .where(eq(clusters.watchOwner, owner));
}

/** Whether a worker still has a cluster, kept so until the transaction ends. */
export async function holdLease(tx: Tx, owner: string, clusterId: string): Promise<boolean> {
  const held = await tx
    .select({ id: clusters.id })
    .from(clusters)
    .where(
      sql`${clusters.id} = ${clusterId} and ${clusters.watchOwner} = ${owner}
        and ${clusters.watchLeaseUntil} > alert_now()`,
    )
    .for('no key update');
  return held.length > 0;
}

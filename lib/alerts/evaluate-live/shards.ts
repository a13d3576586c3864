import { sql } from 'drizzle-orm';
import type { Db, Tx } from '#db/client.ts';

/** Series are owned by the shard, so that each is evaluated by one worker. */
export const SHARDS = 16;
const LEASE_SECONDS = 10;

/** The shard of an agent, or of a team as a whole. */
export function shardOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193);
  return (hash >>> 0) % SHARDS;
}

/** Shards of one worker with their fencing tokens. */
export type OwnedShards = ReadonlyMap<number, number>;

interface ShardRow extends Record<string, unknown> {
  shard: number;
  token: string;
}
const asShards = (rows: readonly ShardRow[]) =>
  rows.map(({ shard, token }) => [shard, Number(token)] as const);

/** Makes the rows of the shards, free to be taken. */
export async function prepareShards(db: Db): Promise<void> {
  await db.execute(
    sql`insert into evaluation_shards (shard) select generate_series(0, ${SHARDS - 1}) on conflict do nothing`,
  );
}

async function loads(db: Db): Promise<Map<string, number>> {
  const rows = await db.execute<{ owner: string; shards: number }>(sql`
    select owner, count(*)::int as shards from evaluation_shards where lease_until > alert_now() group by owner`);
  return new Map(rows.map(({ owner, shards }) => [owner, shards]));
}

/** Takes shards whose lease is over; one further ahead than leases reach was made before the clock went back. */
async function takeFree(db: Db, owner: string, most: number) {
  if (most <= 0) return [];
  const rows = await db.execute<ShardRow>(sql`
    update evaluation_shards set owner = ${owner}, token = token + 1,
      lease_until = alert_now() + ${LEASE_SECONDS} * interval '1 second'
    where shard in (select shard from evaluation_shards
      where lease_until is null or lease_until <= alert_now()
        or lease_until > alert_now() + ${3 * LEASE_SECONDS} * interval '1 second'
      order by shard limit ${most} for update skip locked)
    returning shard, token`);
  return asShards(rows);
}

/** Takes shards from whoever has the most of them; the token makes what the other still decides void. */
async function takeOver(db: Db, owner: string, from: string, most: number) {
  const rows = await db.execute<ShardRow>(sql`
    update evaluation_shards set owner = ${owner}, token = token + 1,
      lease_until = alert_now() + ${LEASE_SECONDS} * interval '1 second'
    where shard in (select shard from evaluation_shards where owner = ${from}
      order by shard desc limit ${most} for update skip locked)
    returning shard, token`);
  return asShards(rows);
}

/**
 * Renews the leases of a worker and sees to it that all workers have about as many shards: free ones are taken
 * first, then those of whoever has too many.
 */
export async function renewShards(db: Db, owner: string): Promise<OwnedShards> {
  const kept = await db.execute<ShardRow>(sql`
    update evaluation_shards set lease_until = alert_now() + ${LEASE_SECONDS} * interval '1 second'
    where owner = ${owner} and lease_until > alert_now() returning shard, token`);
  const owners = await loads(db);
  const workers = owners.has(owner) ? owners.size : owners.size + 1;
  const owned = new Map(asShards(kept));
  for (const [shard, token] of await takeFree(db, owner, Math.ceil(SHARDS / workers) - owned.size))
    owned.set(shard, token);
  const missing = Math.floor(SHARDS / workers) - owned.size;
  const [richest] = [...owners].filter(([name]) => name !== owner).sort((a, b) => b[1] - a[1]);
  if (missing > 0 && richest) {
    const [name, has] = richest;
    const spare = has - Math.ceil(SHARDS / workers);
    const taken = spare > 0 ? await takeOver(db, owner, name, Math.min(missing, spare)) : [];
    for (const [shard, token] of taken) owned.set(shard, token);
  }
  return owned;
}

/** Gives the shards of a worker that ends to the others. */
export async function releaseShards(db: Db, owner: string): Promise<void> {
  await db.execute(sql`update evaluation_shards set lease_until = null where owner = ${owner}`);
}

/** Those of the shards that a worker still owns under its tokens, kept from changing hands until the transaction ends. */
export async function holdShards(tx: Tx, owner: string, shards: OwnedShards): Promise<Set<number>> {
  const rows = await tx.execute<ShardRow>(sql`
    select shard, token from evaluation_shards
    where owner = ${owner} and lease_until > alert_now() order by shard for share`);
  return new Set(
    asShards(rows)
      .filter(([shard, token]) => shards.get(shard) === token)
      .map(([shard]) => shard),
  );
}

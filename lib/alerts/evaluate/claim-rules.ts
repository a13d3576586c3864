import { sql } from 'drizzle-orm';
import type { Db, Tx } from '#db/client.ts';
import { missedBetween, momentAt, slotAt } from './grid.ts';

/** A rule that one worker has taken on to evaluate. Times are Unix milliseconds of the database. */
export interface RuleClaim {
  id: string;
  teamId: string;
  name: string;
  version: number;
  /** As it stands in the database; nobody has looked at it yet. */
  definition: unknown;
  health: string;
  /** Fences off whoever held the rule before: what was decided under an older token is not written. */
  token: number;
  slotMs: number;
  lastSlotMs: number | null;
  missedSlots: number;
  nextSlotMs: number;
  intervalSeconds: number;
}

/** How long a claim lasts unless it is renewed: so long a rule waits when its worker was killed in the middle. */
const LEASE_SECONDS = 30;
/** How often a worker renews what it has taken on and not finished, milliseconds. */
export const RENEW_EVERY_MS = 10_000;

interface ClaimedRow extends Record<string, unknown> {
  id: string;
  team_id: string;
  name: string;
  version: number;
  definition: unknown;
  health: string;
  lease_token: string;
  interval_seconds: number;
  offset_ms: number;
  last_slot_ms: number | null;
  saved_ms: number;
  now_ms: number;
}

function toClaim(row: ClaimedRow): RuleClaim {
  const grid = { intervalSeconds: row.interval_seconds, phaseMs: row.offset_ms };
  const slotMs = momentAt(grid, row.saved_ms, row.now_ms);
  return {
    id: row.id,
    teamId: row.team_id,
    name: row.name,
    version: row.version,
    definition: row.definition,
    health: row.health,
    token: Number(row.lease_token),
    slotMs,
    lastSlotMs: row.last_slot_ms,
    missedSlots: missedBetween(grid, row.last_slot_ms, slotMs),
    nextSlotMs: slotAt(grid, row.now_ms) + row.interval_seconds * 1000,
    intervalSeconds: row.interval_seconds,
  };
}

/**
 * Takes on rules that are due, those that wait longest first. A rule that another worker holds is passed over
 * while its lease lasts (alerting S24). A lease or a slot further ahead than there can be one was made before
 * the clock went back, and binds nobody (S29).
 */
export async function claimRules(db: Db, limit: number): Promise<RuleClaim[]> {
  const rows = await db.execute<ClaimedRow>(sql`
    with due as (
      select id from alert_rules
      where enabled and deleted_at is null
        and (next_slot_at <= alert_now() or next_slot_at > alert_now() + 2 * interval_seconds * interval '1 second')
        and (lease_until is null or lease_until <= alert_now()
             or lease_until > alert_now() + ${2 * LEASE_SECONDS} * interval '1 second')
      order by next_slot_at limit ${limit} for update skip locked)
    update alert_rules r
    set lease_token = r.lease_token + 1, lease_until = alert_now() + ${LEASE_SECONDS} * interval '1 second'
    from due where r.id = due.id
    returning r.id, r.team_id, r.name, r.version, r.definition, r.health, r.lease_token, r.interval_seconds,
      r.offset_ms, extract(epoch from r.last_slot_at)::float8 * 1000 as last_slot_ms,
      floor(extract(epoch from r.updated_at) * 1000)::float8 as saved_ms,
      extract(epoch from alert_now())::float8 * 1000 as now_ms`);
  return rows.map(toClaim);
}

/** Prolongs claims that are still held; one that was given back, or lost to another worker, stays so. */
export async function renewClaims(db: Db, claims: readonly RuleClaim[]): Promise<void> {
  if (claims.length === 0) return;
  const [ids, tokens] = [claims.map(({ id }) => id), claims.map(({ token }) => token)];
  await db.execute(sql`
    with held as (
      select r.id from alert_rules r
      join unnest(${sql.param(`{${ids.join(',')}}`)}::uuid[], ${sql.param(`{${tokens.join(',')}}`)}::bigint[])
        as claim (id, token) on claim.id = r.id and claim.token = r.lease_token
      where r.lease_until > alert_now() for update of r skip locked)
    update alert_rules r set lease_until = alert_now() + ${LEASE_SECONDS} * interval '1 second'
    from held where r.id = held.id`);
}

/** Gives a rule back without having evaluated it, to be taken on again after some seconds. */
export async function releaseRule(db: Db, { id, token }: RuleClaim, afterSeconds = 0): Promise<void> {
  await db.execute(sql`
    update alert_rules set lease_until = alert_now() + ${afterSeconds} * interval '1 second'
    where id = ${id}::uuid and lease_token = ${token}`);
}

/** Locks a claimed rule as it was claimed; false when it is no longer ours, was edited, or is switched off. */
export async function lockClaimedRule(tx: Tx, { id, token, version }: RuleClaim): Promise<boolean> {
  const rows = await tx.execute(sql`
    select 1 from alert_rules
    where id = ${id}::uuid and lease_token = ${token} and version = ${version} and enabled and deleted_at is null
    for update`);
  return rows.length === 1;
}

/** Writes that a slot was evaluated, and gives the rule back. */
export async function finishClaim(
  tx: Tx,
  claim: RuleClaim,
  health: { state: 'ok' | 'error' | 'learning'; reason: string },
): Promise<void> {
  await tx.execute(sql`
    update alert_rules
    set last_slot_at = ${new Date(claim.slotMs).toISOString()}::timestamptz,
      next_slot_at = ${new Date(claim.nextSlotMs).toISOString()}::timestamptz,
      missed_slots = missed_slots + ${claim.missedSlots}, health = ${health.state},
      health_reason = ${health.reason.slice(0, 1000)}, lease_until = null
    where id = ${claim.id}::uuid and lease_token = ${claim.token}`);
}

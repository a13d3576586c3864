import { and, eq, isNull, type SQL, sql } from 'drizzle-orm';
import type { Db } from '#db/client.ts';
import { agents } from '#db/schema/agents.ts';
import type { HealthClaim } from './claim-health-checks.ts';
import type { HealthDecision } from './decide-health.ts';
import type { HealthMemory } from './health-memory.ts';
import { insertTransition } from './insert-transition.ts';

/** A check that was made: what it started from, what it saw and what it decided. */
export interface HealthResult {
  claim: HealthClaim;
  memory: HealthMemory;
  decision: HealthDecision;
}

/** Nothing happened since the claim: not another check, another status, another start or stop, nor was one sent. */
function unchangedSince({ agentId, status, claimedAtMs, requestId, desired }: HealthClaim): SQL | undefined {
  return and(
    eq(agents.id, agentId),
    isNull(agents.deletedAt),
    eq(agents.status, status),
    eq(agents.lastHealthCheckAt, new Date(claimedAtMs)),
    sql`${agents.controlRequestId} is not distinct from ${requestId}::uuid`,
    sql`${agents.desiredState} is not distinct from ${desired?.state ?? null}::text`,
    desired?.sentAtMs === null ? isNull(agents.controlSentAt) : undefined,
  );
}

/** A settled start or stop leaves nothing behind but its request id. */
const SETTLED = { desiredState: null, desiredSince: null, desiredBy: null };

/** Told of agents that look different to people now without a transition that says so. */
export type OnChanged = (teamId: string, agentId: string) => void;

/** @returns whether the change was written; false when a newer check or a request was first */
async function recordChange(db: Db, { claim, memory, decision }: HealthResult): Promise<boolean> {
  const at = new Date(claim.claimedAtMs);
  const { status, reason, control } = decision;
  return db.transaction(async (tx) => {
    const written = await tx
      .update(agents)
      .set({
        health: memory,
        statusReason: reason,
        ...(status === claim.status ? {} : { status, statusSince: at }),
        ...(control === 'none' ? {} : SETTLED),
      })
      .where(unchangedSince(claim))
      .returning({ id: agents.id });
    if (written.length === 0) return false;
    if (status === claim.status) return true;
    const signals = { ...memory, lastTelemetryMs: claim.lastTelemetryMs };
    await insertTransition(tx, { ...claim, from: claim.status, to: status, reason, signals, at });
    return true;
  });
}

/**
 * Writes what checks saw where nothing else changed; one statement for all of them. A row that somebody else
 * holds is left to the next check, so that this never waits and never deadlocks.
 */
async function recordSignals(db: Db, results: readonly HealthResult[], onChanged: OnChanged): Promise<void> {
  if (results.length === 0) return;
  const rows = results.map(({ claim, memory, decision }) => ({
    id: claim.agentId,
    status: claim.status,
    reason: decision.reason,
    health: memory,
    claimed: new Date(claim.claimedAtMs).toISOString(),
  }));
  const written = await db.execute<{ id: string }>(sql`
    with seen as materialized (
      select a.id, s.health, s.reason
      from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb)
        as s(id uuid, status text, reason text, health jsonb, claimed timestamptz)
      join agents a on a.id = s.id
      where a.deleted_at is null and a.status = s.status and a.last_health_check_at = s.claimed
      for update of a skip locked
    )
    update agents set health = seen.health, status_reason = seen.reason from seen where agents.id = seen.id
    returning agents.id`);
  const ids = new Set(written.map(({ id }) => id));
  for (const { claim, decision } of results) {
    if (ids.has(claim.agentId) && decision.reason !== claim.statusReason)
      onChanged(claim.teamId, claim.agentId);
  }
}

function changesState({ claim, decision }: HealthResult): boolean {
  return decision.status !== claim.status || decision.control !== 'none';
}

function sawSomethingNew({ claim, memory, decision }: HealthResult): boolean {
  return decision.reason !== claim.statusReason || JSON.stringify(memory) !== JSON.stringify(claim.memory);
}

/**
 * Writes the results of checks. A change of status and its transition are one transaction that holds only
 * if the agent is still as the check found it: of two workers one writes, and a worker that dies writes both
 * or neither.
 *
 * @returns how many changes were written
 */
export async function recordHealth(
  db: Db,
  results: readonly HealthResult[],
  onChanged: OnChanged,
): Promise<number> {
  await recordSignals(
    db,
    results.filter((result) => !changesState(result) && sawSomethingNew(result)),
    onChanged,
  );
  let changes = 0;
  for (const result of results.filter(changesState)) {
    if (!(await recordChange(db, result))) continue;
    changes += 1;
    const { claim, decision } = result;
    if (decision.status === claim.status) onChanged(claim.teamId, claim.agentId);
  }
  return changes;
}

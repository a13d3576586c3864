import { sql } from 'drizzle-orm';
import type { Tx } from '#db/client.ts';
import { dropUnsent } from './drop-unsent.ts';

interface EscalationStart {
  alertId: string;
  policyId: string;
}

/**
 * Starts escalations at the first step, due at once. One that runs or ran begins again: a new generation,
 * whose predecessor's waiting pages are dropped (alerting S76, S78). Wake the queue `escalations` after the
 * commit.
 */
export async function startEscalations(
  tx: Tx,
  teamId: string,
  starts: readonly EscalationStart[],
  at: Date,
): Promise<void> {
  if (starts.length === 0) return;
  const when = at.toISOString();
  const again = await tx.execute<{ alert_id: string; generation: string }>(sql`
    insert into escalations (alert_id, team_id, policy_id, next_at, updated_at)
    select distinct on (s."alertId") s."alertId", ${teamId}::uuid, s."policyId", ${when}::timestamptz, ${when}::timestamptz
    from jsonb_to_recordset(${JSON.stringify(starts)}::text::jsonb) as s("alertId" uuid, "policyId" uuid)
    on conflict (alert_id) do update set policy_id = excluded.policy_id, state = 'running', step = 0, loop = 0,
      next_at = excluded.next_at, waits_for = 'delay', entered = null, reached = false, stop_reason = null,
      generation = escalations.generation + 1, updated_at = excluded.updated_at
    returning alert_id, generation`);
  const restarted = again.filter((row) => Number(row.generation) > 1).map((row) => row.alert_id);
  if (restarted.length > 0) await dropUnsent(tx, restarted, 'the escalation began again', at);
}

import { sql } from 'drizzle-orm';
import type { Db, Tx } from '#db/client.ts';
import type { Severity } from '#lib/model/alert.ts';
import type { EscalationDecision, EscalationPosition } from './step-escalation.ts';

/** An escalation that is due, locked by this transaction, with what its messages say of the alert. */
export interface DueEscalation extends EscalationPosition {
  alertId: string;
  teamId: string;
  policyId: string;
  severity: Severity;
  title: string;
  message: string;
  value: number | null;
  runbookUrl: string | null;
  startsAt: Date;
}

interface DueRow extends Record<string, unknown> {
  alert_id: string;
  team_id: string;
  policy_id: string;
  step: number;
  loop: number;
  reached: boolean;
  generation: string;
  severity: Severity;
  title: string;
  message: string;
  value: number | null;
  runbook_url: string | null;
  starts_ms: number;
  quiet: string | null;
}

/** Why nobody is to be told of an alert now; null while somebody is. */
export const QUIET_REASON = sql`case
  when a.status <> 'active' then a.status
  when a.snoozed_until > alert_now() then 'snoozed'
  when jsonb_array_length(a.suppressed_by) > 0 then 'suppressed'
end`;

/**
 * Takes on escalations that are due; what another worker holds is skipped. Those of alerts that nobody needs to
 * be told of any more are stopped on the way.
 *
 * @returns what is to be stepped, and how many rows were taken on
 */
export async function claimEscalations(
  tx: Tx,
  limit: number,
): Promise<{ due: DueEscalation[]; claimed: number }> {
  const rows = await tx.execute<DueRow>(sql`
    select e.alert_id, e.team_id, e.policy_id, e.step, e.loop, e.reached, e.generation, a.severity, a.title,
      a.message, a.value, a.runbook_url, (extract(epoch from a.starts_at) * 1000)::float8 as starts_ms,
      ${QUIET_REASON} as quiet
    from escalations e join alerts a on a.id = e.alert_id
    where e.state = 'running' and e.next_at <= alert_now()
    order by e.next_at
    limit ${limit}
    for update of e skip locked`);
  const quiet = rows.filter((row) => row.quiet !== null);
  if (quiet.length > 0) {
    const stops = quiet.map(({ alert_id, quiet: reason }) => ({ alert_id, reason }));
    await tx.execute(sql`
      update escalations e set state = 'stopped', next_at = null, stop_reason = s.reason, updated_at = alert_now()
      from jsonb_to_recordset(${JSON.stringify(stops)}::text::jsonb) as s(alert_id uuid, reason text)
      where e.alert_id = s.alert_id`);
  }
  const due = rows
    .filter((row) => row.quiet === null)
    .map((row) => ({
      alertId: row.alert_id,
      teamId: row.team_id,
      policyId: row.policy_id,
      step: row.step,
      loop: row.loop,
      reached: row.reached,
      generation: Number(row.generation),
      severity: row.severity,
      title: row.title,
      message: row.message,
      value: row.value,
      runbookUrl: row.runbook_url,
      startsAt: new Date(row.starts_ms),
    }));
  return { due, claimed: rows.length };
}

/** Writes where claimed escalations stand now. */
export async function saveEscalations(
  tx: Tx,
  decisions: readonly { alertId: string; decision: EscalationDecision }[],
): Promise<void> {
  if (decisions.length === 0) return;
  const rows = decisions.map(({ alertId, decision: { next, entered } }) => ({
    alert_id: alertId,
    state: next.state,
    step: next.step,
    loop: next.loop,
    reached: next.reached,
    waits_for: next.waitsFor,
    next_at: next.nextAt === null ? null : new Date(next.nextAt),
    entered: entered.at(-1)?.cause ?? null,
  }));
  await tx.execute(sql`
    update escalations e set state = n.state, step = n.step, loop = n.loop, reached = n.reached,
      waits_for = n.waits_for, next_at = n.next_at, entered = coalesce(n.entered, e.entered),
      stop_reason = case when n.state = 'exhausted' then 'nobody answered' end, updated_at = alert_now()
    from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb) as n(alert_id uuid, state text, step int,
      loop int, reached boolean, waits_for text, next_at timestamptz, entered text)
    where e.alert_id = n.alert_id`);
}

/** Lets an escalation that could not be stepped wait, so that it holds up no other. */
export async function postponeEscalation(db: Db, alertId: string, seconds: number): Promise<void> {
  await db.execute(sql`
    update escalations set next_at = alert_now() + make_interval(secs => ${seconds})
    where alert_id = ${alertId}::uuid and state = 'running'`);
}

import { sql } from 'drizzle-orm';
import type { Tx } from '#db/client.ts';
import type { Severity } from '#lib/model/alert.ts';
import { QUIET_REASON } from './claim-escalations.ts';
import { idRows } from './drop-unsent.ts';

/** Makes the next step of running escalations due now; what waits for its hours goes on waiting. */
export async function hurryEscalations(tx: Tx, alertIds: readonly string[]): Promise<string[]> {
  const rows = await tx.execute<{ alert_id: string }>(sql`
    update escalations set next_at = alert_now()
    where state = 'running' and waits_for = 'delay' and next_at > alert_now() and alert_id in ${idRows(alertIds)}
    returning alert_id`);
  return rows.map((row) => row.alert_id);
}

/**
 * Makes paused steps of a policy due now, since its hours may have become others: those that are still outside
 * them wait for the new beginning (alerting S81, S82). It touches every escalation of the policy, so that one
 * which a worker pauses by the former hours at this moment is not missed.
 */
export async function reconsiderHours(tx: Tx, policyId: string): Promise<void> {
  await tx.execute(sql`
    update escalations set next_at = case when waits_for = 'hours' then alert_now() else next_at end
    where state = 'running' and policy_id = ${policyId}::uuid`);
}

const GONE = sql`('failed', 'expired', 'cancelled')`;

/** An escalation of which no message of the step that was entered last arrived, or a hand-over of which none did. */
export interface FailedStep {
  alertId: string;
  teamId: string;
  severity: Severity;
  policy: string;
  /** The cause of its pages: the step that was entered last, `generation.loop.step`, or the hand-over. */
  entered: string;
  /** No other step follows now: it was the last of its round, or the next waits for its hours. */
  isLast: boolean;
}

interface FailedRow extends Record<string, unknown> {
  alert_id: string;
  team_id: string;
  severity: Severity;
  policy: string;
  entered: string;
  is_last: boolean;
}

const toFailedStep = (row: FailedRow): FailedStep => ({
  alertId: row.alert_id,
  teamId: row.team_id,
  severity: row.severity,
  policy: row.policy,
  entered: row.entered,
  isLast: row.is_last,
});

/**
 * Of these alerts, those whose step has nothing left that could still reach somebody: every message of the
 * step that was entered last failed, and no page of it waits (alerting S93). A last step is named once: after
 * that its administrators were told.
 */
export async function findFailedSteps(tx: Tx, alertIds: readonly string[]): Promise<FailedStep[]> {
  const rows = await tx.execute<FailedRow>(sql`
    select e.alert_id, e.team_id, a.severity, y.name as policy, e.entered,
      e.state = 'exhausted' or e.step = 0 or e.waits_for = 'hours' as is_last
    from escalations e join alerts a on a.id = e.alert_id join escalation_policies y on y.id = e.policy_id
    where e.state in ('running', 'exhausted') and e.entered is not null and e.alert_id in ${idRows(alertIds)}
      and ${QUIET_REASON} is null
      and not exists (
        select from pages p
          left join notifications first on first.id = p.notification_id
          left join notifications n on n.team_id = first.team_id and n.cause = first.cause
        where p.alert_id = e.alert_id and split_part(p.cause, '.fallback', 1) = e.entered
          and (p.cause <> e.entered or p.state = 'waiting' or n.status not in ${GONE}))
      and not exists (
        select from notification_alerts na join notifications n on n.id = na.notification_id
        where na.alert_id = e.alert_id and n.purpose = 'page' and n.channel_id is not null
          and n.created_at >= e.updated_at and n.status not in ${GONE})`);
  return rows.map(toFailedStep);
}

/**
 * Of these alerts, those that were handed to somebody, of which no message reached that person: nobody else is told of
 * them (alerting S93). Each is named once: after that its administrators were told.
 */
export async function findFailedHandOvers(tx: Tx, alertIds: readonly string[]): Promise<FailedStep[]> {
  const rows = await tx.execute<FailedRow>(sql`
    select a.id as alert_id, a.team_id, a.severity, '' as policy, latest.cause as entered, true as is_last
    from alerts a cross join lateral (
      select p.cause from pages p where p.alert_id = a.id order by p.created_at desc, p.id desc limit 1) latest
    where a.id in ${idRows(alertIds)} and ${QUIET_REASON} is null
      and latest.cause like 'reassigned:%' and latest.cause not like '%.fallback'
      and not exists (
        select from pages p
          left join notifications first on first.id = p.notification_id
          left join notifications n on n.team_id = first.team_id and n.cause = first.cause
        where p.alert_id = a.id and p.cause = latest.cause and (p.state = 'waiting' or n.status not in ${GONE}))`);
  return rows.map(toFailedStep);
}

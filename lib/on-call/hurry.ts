import { sql } from 'drizzle-orm';
import type { Tx } from '#db/client.ts';
import { idRows } from './drop-unsent.ts';

/** Makes the next step of running escalations due now; what waits for its hours goes on waiting. */
export async function hurryEscalations(tx: Tx, alertIds: readonly string[]): Promise<string[]> {
  const rows = await tx.execute<{ alert_id: string }>(sql`
    update escalations set next_at = alert_now()
    where state = 'running' and waits_for = 'delay' and next_at > alert_now() and alert_id in ${idRows(alertIds)}
    returning alert_id`);
  return rows.map((row) => row.alert_id);
}

const GONE = sql`('failed', 'expired', 'cancelled')`;

/**
 * Of these alerts, those whose step has nothing left that could still reach somebody: every message of the
 * step that was entered last failed, and no page of it waits (alerting S93).
 */
export async function withoutHope(tx: Tx, alertIds: readonly string[]): Promise<string[]> {
  const rows = await tx.execute<{ alert_id: string }>(sql`
    select e.alert_id from escalations e
    where e.state = 'running' and e.entered is not null and e.alert_id in ${idRows(alertIds)}
      and not exists (
        select from pages p
          left join notifications first on first.id = p.notification_id
          left join notifications n on n.team_id = first.team_id and n.cause = first.cause
        where p.alert_id = e.alert_id and split_part(p.cause, '.fallback', 1) = e.entered
          and (p.state = 'waiting' or n.status not in ${GONE}))
      and not exists (
        select from notification_alerts na join notifications n on n.id = na.notification_id
        where na.alert_id = e.alert_id and n.purpose = 'page' and n.channel_id is not null
          and n.created_at >= e.updated_at and n.status not in ${GONE})`);
  return rows.map((row) => row.alert_id);
}

/**
 * On-call: who is told of an alert and when. Schedules say who carries the pager, policies in which order
 * people are told, personal rules by which way. A noun: where it meets notifications, see lib/pipeline.
 *
 * This file takes back what was not sent yet.
 */
import { type SQL, sql } from 'drizzle-orm';
import type { Tx } from '#db/client.ts';

/** Ids as a set of rows: one parameter, however many there are. */
export function idRows(ids: readonly string[]): SQL {
  return sql`(select value::uuid from jsonb_array_elements_text(${JSON.stringify(ids)}::text::jsonb))`;
}

/**
 * Cancels the waiting pages of alerts and the page notifications that still wait in the outbox (alerting S74).
 * A message that also speaks of other active alerts stays. The statements stand in the order in which the
 * escalation loop writes, so that what it commits meanwhile is seen by the next of them.
 */
export async function dropUnsent(
  tx: Tx,
  alertIds: readonly string[],
  reason: string,
  at: Date,
): Promise<void> {
  const when = at.toISOString();
  await tx.execute(sql`
    update pages set state = 'cancelled', cancel_reason = ${reason}
    where state = 'waiting' and alert_id in ${idRows(alertIds)}`);
  await tx.execute(sql`
    update notifications n set status = 'cancelled', finish_reason = ${reason}, finished_at = ${when}::timestamptz
    where n.purpose = 'page' and n.status = 'queued'
      and n.id in (select notification_id from notification_alerts where alert_id in ${idRows(alertIds)})
      and not exists (
        select from notification_alerts o join alerts a on a.id = o.alert_id
        where o.notification_id = n.id and a.status = 'active' and a.id not in ${idRows(alertIds)})`);
}

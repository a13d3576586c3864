import { sql } from 'drizzle-orm';
import type { Tx } from '#db/client.ts';
import type { NotificationPurpose } from '#lib/model/notification.ts';

export interface Cancellation {
  alertIds: readonly string[];
  purpose: NotificationPurpose;
  /** A word for the delivery log: `acknowledged`, `resolved`, ... */
  reason: string;
}

/**
 * Takes back what was not sent yet and speaks of these alerts alone. What is on its way just now is looked at
 * again before its next attempt (alerting S74, S75).
 *
 * @returns how many were taken back
 */
export async function cancelNotifications(tx: Tx, cancellation: Cancellation): Promise<number> {
  const { alertIds, purpose, reason } = cancellation;
  if (alertIds.length === 0) return 0;
  const rows = await tx.execute(sql`
    with gone as materialized (
      select id::uuid from jsonb_array_elements_text(${JSON.stringify(alertIds)}::text::jsonb) as gone(id)
    ), touched as (
      select distinct notification_id from notification_alerts join gone on gone.id = alert_id
    )
    update notifications n
    set status = 'cancelled', finish_reason = ${reason}, finished_at = alert_now()
    from touched
    where n.id = touched.notification_id and n.status = 'queued' and n.purpose = ${purpose}
      and not exists (
        select 1 from notification_alerts other
        where other.notification_id = n.id and other.alert_id not in (select id from gone)
      )
    returning n.id`);
  return rows.length;
}

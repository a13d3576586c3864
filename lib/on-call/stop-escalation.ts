import { sql } from 'drizzle-orm';
import type { Tx } from '#db/client.ts';
import { dropUnsent, idRows } from './drop-unsent.ts';

/**
 * Stops the escalations of alerts and drops everything of them that was not sent yet (alerting S74). Call it
 * after the alerts' own rows were changed, in the same transaction.
 *
 * @param reason as the timeline and the delivery log show it
 */
export async function stopEscalations(
  tx: Tx,
  alertIds: readonly string[],
  reason: string,
  at: Date,
): Promise<void> {
  if (alertIds.length === 0) return;
  await tx.execute(sql`
    update escalations set state = 'stopped', next_at = null, stop_reason = ${reason},
      updated_at = ${at.toISOString()}::timestamptz
    where state = 'running' and alert_id in ${idRows(alertIds)}`);
  await dropUnsent(tx, alertIds, reason, at);
}

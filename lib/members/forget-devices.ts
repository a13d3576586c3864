import { inArray } from 'drizzle-orm';
import type { Tx } from '#db/client.ts';
import { pushSubscriptions } from '#db/schema/notifications.ts';

/**
 * Takes push from the browsers of sessions that somebody ended: a phone that was handed on or lost shows no more alerts.
 * A session that only ran out keeps it, for whoever is on call sleeps longer than that (alerting S99).
 */
export async function forgetDevicesOf(tx: Tx, sessionIds: readonly string[]): Promise<void> {
  if (sessionIds.length === 0) return;
  await tx.delete(pushSubscriptions).where(inArray(pushSubscriptions.sessionId, [...sessionIds]));
}

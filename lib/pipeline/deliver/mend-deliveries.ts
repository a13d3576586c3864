import type { Tx } from '#db/client.ts';
import type { Outcome } from '#lib/notifications/delivery/record-outcomes.ts';
import { mendFailures } from '#lib/notifications/failures/mend-failures.ts';
import { escalateFailedSteps } from '#lib/pipeline/escalate/escalate-now.ts';

/**
 * What follows when messages failed for good, in the transaction that says so: channels are marked and
 * fallbacks take over, dead devices are forgotten, and a step of which nothing arrived escalates at once
 * (alerting S92, S93, S95).
 */
export async function mendDeliveries(tx: Tx, failed: readonly Outcome[]): Promise<void> {
  await mendFailures(tx, failed);
  const pages = failed.filter(({ claim }) => claim.purpose === 'page');
  await escalateFailedSteps(tx, [...new Set(pages.flatMap(({ claim }) => claim.alertIds))]);
}

import type { Claim } from './claim-due.ts';
import type { AlertTally } from './delivery-facts.ts';

/**
 * Whether a message is still worth sending, looked at just before it is (alerting S75): one that says that
 * something fires goes only while one of its alerts still wants somebody.
 *
 * @returns null to send it, else why not
 */
export function droppedBecause(
  claim: Pick<Claim, 'purpose' | 'message' | 'alertIds'>,
  tally: AlertTally | undefined,
): string | null {
  const { purpose, message, alertIds } = claim;
  const isAboutAlerts = purpose === 'group' || purpose === 'page';
  const tellsOfEnds = message.status !== 'firing' || message.resolvedIds.length > 0;
  if (!isAboutAlerts || tellsOfEnds || alertIds.length === 0) return null;
  if (!tally || tally.known === 0) return 'deleted';
  if (tally.active > 0) return null;
  if (tally.snoozed > 0) return 'snoozed';
  if (tally.suppressed > 0) return 'suppressed';
  return tally.acknowledged > 0 ? 'acknowledged' : 'resolved';
}

import type { Tx } from '#db/client.ts';
import { raiseAlerts } from '#lib/alerts/raise-alerts.ts';
import type { ChangedAlert, Finding } from '#lib/model/alert-finding.ts';
import type { EventBus } from '#lib/ports/event-bus/port.ts';
import { announceAlerts } from './announce-alerts.ts';
import { followChanges } from './follow-changes.ts';

/** What findings changed, and what is to be done once the caller's transaction is committed. */
export interface Applied {
  changed: ChangedAlert[];
  /** Tells browsers and wakes the loops that go on from here; waits for nothing. */
  afterCommit(bus: Pick<EventBus, 'publish'>): void;
}

/**
 * The way of findings, in the caller's transaction: alerts are opened, updated and resolved, put into the groups
 * they are notified with, and their escalations start or stop.
 *
 * @param at the database's now (alerting S28)
 */
export async function applyFindings(
  tx: Tx,
  teamId: string,
  findings: readonly Finding[],
  at: Date,
): Promise<Applied> {
  const raised = await raiseAlerts(tx, teamId, findings, at);
  const changed = await followChanges(tx, teamId, raised, at);
  return { changed, afterCommit: (bus) => announceAlerts(bus, teamId, changed, at) };
}

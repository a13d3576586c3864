import type { Tx } from '#db/client.ts';
import { loadMutes } from '#lib/alerts/mutes.ts';
import { raiseAlerts } from '#lib/alerts/raise-alerts.ts';
import {
  askForNewLook,
  findSuppressions,
  touchesInhibition,
  writeSuppressions,
} from '#lib/alerts/suppress-alerts.ts';
import type { ChangedAlert, Finding } from '#lib/model/alert-finding.ts';
import { routeAlerts } from '#lib/notifications/route-alerts.ts';
import { startEscalations } from '#lib/on-call/start-escalation.ts';
import { stopEscalations } from '#lib/on-call/stop-escalation.ts';
import type { EventBus } from '#lib/ports/event-bus/port.ts';
import { announceAlerts } from './announce-alerts.ts';

/** What findings changed, and what is to be done once the caller's transaction is committed. */
export interface Applied {
  changed: ChangedAlert[];
  /** Tells browsers and wakes the loops that go on from here; a bus that is down costs them a moment, no work. */
  afterCommit(bus: Pick<EventBus, 'publish'>): Promise<void>;
}

const WAKENING = new Set<ChangedAlert['change']>(['opened', 'severity_raised']);

/** Keeps quiet what is muted from its first moment on, so that nobody hears of it (alerting S55). */
async function muteFresh(
  tx: Tx,
  teamId: string,
  changed: readonly ChangedAlert[],
  at: Date,
): Promise<ChangedAlert[]> {
  const mutes = await loadMutes(tx, teamId, at);
  const fresh = changed.filter(({ change }) => change === 'opened');
  const suppressions = await findSuppressions(
    tx,
    mutes,
    fresh.map(({ alert }) => alert),
  );
  await writeSuppressions(tx, teamId, suppressions, at);
  if (touchesInhibition(mutes, changed)) await askForNewLook(tx, teamId);
  const after = new Map(suppressions.map((one) => [one.alertId, one.after]));
  return changed.map((one) => {
    const suppressedBy = after.get(one.alertId);
    if (!suppressedBy) return one;
    return { ...one, alert: { ...one.alert, suppressedBy, version: one.alert.version + 1 } };
  });
}

/**
 * The way of findings, in the caller's transaction: alerts are opened, updated and resolved, put into the groups
 * they are notified with, and their escalations start or stop. What a mute keeps quiet is grouped too, but pages
 * nobody.
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
  const changed = raised.length === 0 ? raised : await muteFresh(tx, teamId, raised, at);
  const targets = await routeAlerts(tx, teamId, changed, at);
  const heard = new Set(
    changed
      .filter(({ change, alert }) => WAKENING.has(change) && alert.suppressedBy.length === 0)
      .map(({ alertId }) => alertId),
  );
  await startEscalations(
    tx,
    teamId,
    targets.filter(({ alertId }) => heard.has(alertId)),
    at,
  );
  const over = changed.filter(({ change }) => change === 'resolved').map(({ alertId }) => alertId);
  await stopEscalations(tx, over, 'resolved', at);
  return { changed, afterCommit: (bus) => announceAlerts(bus, teamId, changed, at) };
}

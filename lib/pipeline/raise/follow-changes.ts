import type { Tx } from '#db/client.ts';
import { loadMutes } from '#lib/alerts/mutes.ts';
import { askForNewLook, wasLookedAtUnderOthers } from '#lib/alerts/stale-mutes.ts';
import { findSuppressions, touchesInhibition, writeSuppressions } from '#lib/alerts/suppress-alerts.ts';
import type { ChangedAlert } from '#lib/model/alert-finding.ts';
import { routeAlerts } from '#lib/notifications/route-alerts.ts';
import { tellPageEnds } from '#lib/notifications/tell-page-ends.ts';
import { startEscalations } from '#lib/on-call/start-escalation.ts';
import { stopEscalations } from '#lib/on-call/stop-escalation.ts';

const WAKENING = new Set<ChangedAlert['change']>(['opened', 'severity_raised']);

/**
 * Keeps quiet what is muted from its first moment on, so that nobody hears of it (alerting S55). Mutes may ask for a
 * severity: one that rose may be heard for that, one that fell is left to the new look. So is what is born quiet: its
 * mute may end before this is committed, unseen by the look that follows the end. And so is what comes after a look under
 * mutes that were not in force at `at`.
 */
async function muteFresh(
  tx: Tx,
  teamId: string,
  changed: readonly ChangedAlert[],
  at: Date,
): Promise<ChangedAlert[]> {
  const mutes = await loadMutes(tx, teamId, at);
  const open = changed.filter(({ change }) => change !== 'resolved');
  const found = await findSuppressions(
    tx,
    mutes,
    open.map(({ alert }) => alert),
  );
  const waking = new Set(changed.filter(({ change }) => WAKENING.has(change)).map(({ alertId }) => alertId));
  const suppressions = found.filter(({ alertId }) => waking.has(alertId));
  await writeSuppressions(tx, teamId, suppressions, at);
  const isUnsettled = found.some(({ alertId, after }) => after.length > 0 || !waking.has(alertId));
  const isPassedBy = open.length > 0 && (await wasLookedAtUnderOthers(tx, teamId, mutes.signature));
  if (isUnsettled || isPassedBy || touchesInhibition(mutes, changed)) await askForNewLook(tx, teamId);
  const after = new Map(suppressions.map((one) => [one.alertId, one.after]));
  return changed.map((one) => {
    const suppressedBy = after.get(one.alertId);
    if (!suppressedBy) return one;
    return { ...one, alert: { ...one.alert, suppressedBy, version: one.alert.version + 1 } };
  });
}

/**
 * What follows the changes of alerts, whoever made them: groups are joined, escalations start or stop. What a
 * mute keeps quiet is grouped too, but pages nobody.
 *
 * @returns the changes, with what keeps new alerts quiet
 */
export async function followChanges(
  tx: Tx,
  teamId: string,
  made: readonly ChangedAlert[],
  at: Date,
): Promise<ChangedAlert[]> {
  if (made.length === 0) return [];
  const changed = await muteFresh(tx, teamId, made, at);
  // Before any group is held: whoever writes down a message that failed holds that first and its group after.
  const over = changed.filter(({ change }) => change === 'resolved').map(({ alertId }) => alertId);
  await stopEscalations(tx, over, 'resolved', at);
  await tellPageEnds(tx, over);
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
  return changed;
}

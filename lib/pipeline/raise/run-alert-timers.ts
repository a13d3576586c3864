import type { Db, Tx } from '#db/client.ts';
import { databaseNow } from '#db/now.ts';
import { calmAlerts, claimEnded, endOf, type Returned, returnDueAlerts } from '#lib/alerts/due-timers.ts';
import { lockAlerts } from '#lib/alerts/lock-alerts.ts';
import type { ChangedAlert } from '#lib/model/alert-finding.ts';
import { findEscalationTargets } from '#lib/notifications/escalation-targets.ts';
import { pagePeople } from '#lib/on-call/page-people.ts';
import { startEscalations } from '#lib/on-call/start-escalation.ts';
import type { EventBus } from '#lib/ports/event-bus/port.ts';
import { announceAlerts } from './announce-alerts.ts';
import { applyFindings } from './apply-findings.ts';

export const TIMER_BATCH = 500;
type Announcement = (bus: Pick<EventBus, 'publish'>) => void;

/** Resolves what nobody repeated until its end. */
async function endAlerts(tx: Tx, at: Date): Promise<{ announcements: Announcement[]; done: number }> {
  const announcements: Announcement[] = [];
  let done = 0;
  for (const [teamId, ids] of await claimEnded(tx, at, TIMER_BATCH)) {
    const ended = await lockAlerts(tx, teamId, ids);
    const { afterCommit } = await applyFindings(tx, teamId, ended.map(endOf), at);
    announcements.push(afterCommit);
    done += ids.length;
  }
  return { announcements, done };
}

/** Escalates anew what is active again, and tells who had it: they believed it was in hand (alerting S78). */
async function escalateAgain(
  tx: Tx,
  teamId: string,
  returned: readonly Returned[],
  at: Date,
): Promise<Announcement> {
  const heard = returned.filter(({ alert }) => alert.suppressedBy.length === 0);
  const targets = await findEscalationTargets(
    tx,
    heard.map(({ alert }) => alert.id),
  );
  await startEscalations(tx, teamId, targets, at);
  const requests = heard.flatMap(({ alert: { id, severity, version }, userId }) =>
    userId === null
      ? []
      : [{ teamId, alertId: id, severity, userIds: [userId], cause: `returned:${version}` }],
  );
  await pagePeople(tx, requests, at);
  const changed = returned.map(({ alert }): ChangedAlert => {
    const { id: alertId, fingerprint } = alert;
    return { alertId, fingerprint, change: 'updated', alert };
  });
  return (bus) => announceAlerts(bus, teamId, changed, at);
}

/**
 * What time does to alerts: ends that nobody pushed forward come, acknowledgements and snoozes run out, marks of
 * flapping are taken back.
 *
 * @returns how many alerts changed
 */
export async function runAlertTimers(db: Db, bus: Pick<EventBus, 'publish'>): Promise<number> {
  const { announcements, done } = await db.transaction(async (tx) => {
    const at = await databaseNow(tx);
    const ended = await endAlerts(tx, at);
    const returned = await returnDueAlerts(tx, at, TIMER_BATCH);
    const again: Announcement[] = [];
    for (const [teamId, own] of Map.groupBy(returned, ({ alert }) => alert.teamId))
      again.push(await escalateAgain(tx, teamId, own, at));
    await calmAlerts(tx, at);
    return { announcements: [...ended.announcements, ...again], done: ended.done + returned.length };
  });
  for (const announce of announcements) announce(bus);
  return done;
}

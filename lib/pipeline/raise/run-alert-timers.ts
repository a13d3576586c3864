import type { Db, Tx } from '#db/client.ts';
import { databaseNow } from '#db/now.ts';
import {
  calmAlerts,
  claimEnded,
  endOf,
  type Returned,
  returnDueAlerts,
  teamsWithDueTimers,
} from '#lib/alerts/due-timers.ts';
import { lockAlerts } from '#lib/alerts/lock-alerts.ts';
import { keepLooksOut } from '#lib/alerts/stale-mutes.ts';
import type { ChangedAlert } from '#lib/model/alert-finding.ts';
import { findEscalationTargets } from '#lib/notifications/escalation-targets.ts';
import { pagePeople } from '#lib/on-call/page-people.ts';
import { startEscalations } from '#lib/on-call/start-escalation.ts';
import type { EventBus } from '#lib/ports/event-bus/port.ts';
import { announceAlerts } from './announce-alerts.ts';
import { applyFindings } from './apply-findings.ts';

/** Alerts of one team in one step. */
const TIMER_BATCH = 500;
type Announcement = (bus: Pick<EventBus, 'publish'>) => void;

/** Resolves what nobody repeated until its end. */
async function endAlerts(
  tx: Tx,
  teamId: string,
  at: Date,
): Promise<{ announce: Announcement; done: number }> {
  await keepLooksOut(tx, teamId);
  const ids = await claimEnded(tx, teamId, at, TIMER_BATCH);
  const ended = await lockAlerts(tx, teamId, ids);
  const { afterCommit } = await applyFindings(tx, teamId, ended.map(endOf), at);
  return { announce: afterCommit, done: ids.length };
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

/** The timers of one team, as many as one step takes of it, in a transaction of their own. */
async function runTeamTimers(db: Db, bus: Pick<EventBus, 'publish'>, teamId: string): Promise<number> {
  const { announcements, done } = await db.transaction(async (tx) => {
    const at = await databaseNow(tx);
    const ended = await endAlerts(tx, teamId, at);
    const returned = await returnDueAlerts(tx, teamId, at, TIMER_BATCH);
    const again = await escalateAgain(tx, teamId, returned, at);
    return { announcements: [ended.announce, again], done: ended.done + returned.length };
  });
  for (const announce of announcements) announce(bus);
  return done;
}

/**
 * What time does to alerts: ends that nobody pushed forward come, acknowledgements and snoozes run out, marks of
 * flapping are taken back. What one team has wrong, or much of, keeps no other waiting.
 *
 * @returns how many alerts changed, whether a team may have more than one step takes of it, and why teams could not be
 * served
 */
export async function runAlertTimers(
  db: Db,
  bus: Pick<EventBus, 'publish'>,
): Promise<{ done: number; more: boolean; errors: unknown[] }> {
  const errors: unknown[] = [];
  let total = 0;
  let more = false;
  for (const teamId of await teamsWithDueTimers(db, await databaseNow(db))) {
    try {
      const done = await runTeamTimers(db, bus, teamId);
      total += done;
      more ||= done >= TIMER_BATCH;
    } catch (error) {
      errors.push(error);
    }
  }
  await db.transaction(async (tx) => calmAlerts(tx, await databaseNow(tx)));
  return { done: total, more, errors };
}

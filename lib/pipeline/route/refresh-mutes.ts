import { sql } from 'drizzle-orm';
import type { Db, Tx } from '#db/client.ts';
import { databaseNow } from '#db/now.ts';
import { loadMutes } from '#lib/alerts/mutes.ts';
import { selectAlerts } from '#lib/alerts/open-alerts.ts';
import { claimLook, findStaleTeams, keepSignature } from '#lib/alerts/stale-mutes.ts';
import { findSuppressions, type SuppressionChange, writeSuppressions } from '#lib/alerts/suppress-alerts.ts';
import type { ChangedAlert } from '#lib/model/alert-finding.ts';
import { findEscalationTargets } from '#lib/notifications/escalation-targets.ts';
import { type Retelling, retellAlerts } from '#lib/notifications/retell.ts';
import { startEscalations } from '#lib/on-call/start-escalation.ts';
import { stopEscalations } from '#lib/on-call/stop-escalation.ts';
import { announceAlerts } from '#lib/pipeline/raise/announce-alerts.ts';
import type { EventBus } from '#lib/ports/event-bus/port.ts';

/** What is said when an alert that still fires is heard again (alerting S53, S56); nothing after an inhibition. */
function retellingOf({ alertId, before }: SuppressionChange): Retelling[] {
  const silences = before.filter(({ kind }) => kind === 'silence');
  const windows = before.filter(({ kind }) => kind === 'maintenance');
  const words = [
    ...silences.map(({ name }) => `Silence "${name}" expired.`),
    ...windows.map(({ name }) => `Maintenance "${name}" ended.`),
  ].join(' ');
  if (silences.length > 0) return [{ alertId, reason: 'silence_expired', words }];
  return windows.length > 0 ? [{ alertId, reason: 'maintenance_ended', words }] : [];
}

/** What is quiet now pages nobody; what is heard again and nobody has is told again and escalates from the first step. */
async function followSuppressions(
  tx: Tx,
  teamId: string,
  changes: readonly SuppressionChange[],
  active: ReadonlySet<string>,
  at: Date,
): Promise<void> {
  const quiet = changes.filter(({ before, after }) => before.length === 0 && after.length > 0);
  const heard = changes.filter(({ before, after }) => before.length > 0 && after.length === 0);
  await retellAlerts(tx, heard.flatMap(retellingOf), at);
  await stopEscalations(
    tx,
    quiet.map(({ alertId }) => alertId),
    'suppressed',
    at,
  );
  const waking = heard.map(({ alertId }) => alertId).filter((id) => active.has(id));
  await startEscalations(tx, teamId, await findEscalationTargets(tx, waking), at);
}

async function refreshTeam(db: Db, teamId: string): Promise<{ changed: ChangedAlert[]; at: Date } | null> {
  return db.transaction(async (tx) => {
    const last = await claimLook(tx, teamId);
    if (last === null) return null;
    const at = await databaseNow(tx);
    const mutes = await loadMutes(tx, teamId, at);
    const alerts = await selectAlerts(tx, teamId, sql`a.status <> 'resolved'`);
    const changes = await findSuppressions(tx, mutes, alerts);
    await writeSuppressions(tx, teamId, changes, at);
    const active = new Set(alerts.filter(({ status }) => status === 'active').map(({ id }) => id));
    await keepSignature(tx, teamId, last, mutes.signature);
    await followSuppressions(tx, teamId, changes, active, at);
    const after = new Map(changes.map((change) => [change.alertId, change.after]));
    const changed = alerts.flatMap((alert): ChangedAlert[] => {
      const suppressedBy = after.get(alert.id);
      if (!suppressedBy) return [];
      const { id: alertId, fingerprint } = alert;
      const state = { ...alert, suppressedBy, version: alert.version + 1 };
      return [{ alertId, fingerprint, change: 'updated', alert: state }];
    });
    return { changed, at };
  });
}

/**
 * Looks again at the open alerts of teams whose mutes changed: a silence began or ended, maintenance began or
 * ended, the source of an inhibition came or went. Groups are looked at after this, never before (alerting S55).
 * What one team has wrong keeps no other waiting.
 *
 * @returns the teams whose alerts could not be looked at, with the reasons: their groups are to wait
 */
export async function refreshMutes(db: Db, bus: Pick<EventBus, 'publish'>): Promise<Map<string, unknown>> {
  const failed = new Map<string, unknown>();
  for (const teamId of await findStaleTeams(db, await databaseNow(db))) {
    try {
      const refreshed = await refreshTeam(db, teamId);
      if (refreshed) announceAlerts(bus, teamId, refreshed.changed, refreshed.at);
    } catch (error) {
      failed.set(teamId, error);
    }
  }
  return failed;
}

import { sql } from 'drizzle-orm';
import type { Reader, Tx } from '#db/client.ts';
import type { AlertState, Finding } from '#lib/model/alert-finding.ts';
import type { OpenAlert } from './open-alerts.ts';
import { systemDoer, type TimelineKind, writeTimeline } from './timeline.ts';

/** An acknowledged alert whose time is up, with who had it. */
export interface Returned {
  alert: AlertState;
  userId: string | null;
}

type ReturnedRow = Record<string, unknown> & {
  id: string;
  team_id: string;
  source: AlertState['source'];
  source_id: string;
  fingerprint: string;
  labels: AlertState['labels'];
  annotations: AlertState['annotations'];
  agent_id: string | null;
  severity: AlertState['severity'];
  title: string;
  message: string;
  value: number | null;
  generator_url: string | null;
  runbook_url: string | null;
  starts_ms: number;
  suppressed_by: AlertState['suppressedBy'];
  version: string;
  user_id: string | null;
  snoozed: boolean;
};

function stateOf(row: ReturnedRow): AlertState {
  return {
    id: row.id,
    teamId: row.team_id,
    source: row.source,
    sourceId: row.source_id,
    fingerprint: row.fingerprint,
    labels: row.labels,
    annotations: row.annotations,
    agentId: row.agent_id,
    severity: row.severity,
    status: 'active',
    title: row.title,
    message: row.message,
    value: row.value,
    generatorUrl: row.generator_url,
    runbookUrl: row.runbook_url,
    startsAt: new Date(row.starts_ms),
    suppressedBy: row.suppressed_by,
    version: Number(row.version),
  };
}

/**
 * Makes alerts active again whose acknowledgement expired or whose snooze is over, with a row in their timelines
 * (alerting S78).
 */
export async function returnDueAlerts(tx: Tx, teamId: string, at: Date, limit: number): Promise<Returned[]> {
  const now = sql`${at.toISOString()}::timestamptz`;
  const rows = await tx.execute<ReturnedRow>(sql`
    with due as materialized (
      select id, acknowledged_by as user_id, snoozed_until is not null as snoozed from alerts
      where team_id = ${teamId}::uuid and status = 'acknowledged'
        and (acknowledgement_expires_at <= ${now} or snoozed_until <= ${now})
      order by id limit ${limit} for no key update skip locked
    )
    update alerts a set status = 'active', acknowledged_by = null, acknowledged_at = null,
      acknowledgement_expires_at = null, snoozed_until = null, version = version + 1, updated_at = ${now}
    from due where a.id = due.id
    returning a.id, a.team_id, a.source, a.source_id, a.fingerprint, a.labels, a.annotations, a.agent_id, a.severity,
      a.title, a.message, a.value, a.generator_url, a.runbook_url, a.suppressed_by, a.version, due.user_id, due.snoozed,
      extract(epoch from a.starts_at)::float8 * 1000 as starts_ms`);
  const entries = rows.map(({ id, snoozed }) => {
    const kind: TimelineKind = snoozed ? 'snooze_ended' : 'acknowledgement_expired';
    return { alertId: id, kind };
  });
  await writeTimeline(tx, teamId, systemDoer('timers'), entries, at);
  return rows.map((row) => ({ alert: stateOf(row), userId: row.user_id }));
}

/** Alerts of a team whose end has come, the oldest first; claimed for this transaction (alerting S61, S62). */
export async function claimEnded(tx: Tx, teamId: string, at: Date, limit: number): Promise<string[]> {
  const rows = await tx.execute<{ id: string }>(sql`
    select id from alerts
    where team_id = ${teamId}::uuid and status <> 'resolved' and ends_at <= ${at.toISOString()}::timestamptz
    order by ends_at limit ${limit} for no key update skip locked`);
  return rows.map(({ id }) => id);
}

/** Teams that have alerts to which time does something now, those that wait longest first. */
export async function teamsWithDueTimers(db: Reader, at: Date): Promise<string[]> {
  const now = sql`${at.toISOString()}::timestamptz`;
  const rows = await db.execute<{ team_id: string }>(sql`
    select team_id from (
      select team_id, ends_at as due from alerts where status <> 'resolved' and ends_at <= ${now}
      union all
      select team_id, acknowledgement_expires_at from alerts
      where status = 'acknowledged' and acknowledgement_expires_at <= ${now}
      union all
      select team_id, snoozed_until from alerts where status = 'acknowledged' and snoozed_until <= ${now}
    ) timers group by team_id order by min(due)`);
  return rows.map(({ team_id }) => team_id);
}

/** The finding that an alert is over because its end came. */
export function endOf(alert: OpenAlert): Finding {
  return { ...alert, firing: false, reason: alert.endsByTimeout ? 'timeout' : 'ended' };
}

/** Takes the mark from alerts that opened too often and have stayed open for an hour since. */
export async function calmAlerts(tx: Tx, at: Date): Promise<void> {
  await tx.execute(sql`
    update alerts set flapping = false, version = version + 1
    where flapping and status <> 'resolved' and created_at < ${at.toISOString()}::timestamptz - interval '1 hour'`);
}

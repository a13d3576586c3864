import { sql } from 'drizzle-orm';
import type { Tx } from '#db/client.ts';
import { keyOf, type OpenAlert } from './open-alerts.ts';

/** An alert as it is to be, and why. */
export interface UpdatedAlert extends OpenAlert {
  reason: string;
}

/** An alert that is about to be opened. */
export interface NewAlert extends UpdatedAlert {
  flapping: boolean;
}

function columnsOf(alert: OpenAlert) {
  return {
    id: alert.id,
    annotations: alert.annotations,
    agent_id: alert.agentId,
    severity: alert.severity,
    status: alert.status,
    title: alert.title,
    message: alert.message,
    value: alert.value,
    generator_url: alert.generatorUrl,
    runbook_url: alert.runbookUrl,
    starts_at: alert.startsAt,
    ends_at: alert.endsAt,
    ends_by_timeout: alert.endsByTimeout,
    version: alert.version,
  };
}

/**
 * Opens alerts, all in one statement.
 *
 * @returns those that were opened, and the keys of those that somebody else opened first
 */
export async function insertAlerts(
  tx: Tx,
  fresh: readonly NewAlert[],
  at: Date,
): Promise<{ made: NewAlert[]; lost: Set<string> }> {
  if (fresh.length === 0) return { made: [], lost: new Set() };
  const now = at.toISOString();
  const rows = fresh.map((alert) => ({
    ...columnsOf(alert),
    team_id: alert.teamId,
    source: alert.source,
    source_id: alert.sourceId,
    fingerprint: alert.fingerprint,
    labels: alert.labels,
    flapping: alert.flapping,
  }));
  const inserted = await tx.execute<{ id: string }>(sql`
    insert into alerts (id, team_id, source, source_id, fingerprint, labels, annotations, agent_id, severity,
      status, title, message, value, generator_url, runbook_url, starts_at, ends_at, ends_by_timeout, flapping,
      version, last_received_at, created_at, updated_at)
    select r.*, ${now}::timestamptz, ${now}::timestamptz, ${now}::timestamptz
    from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb) as r(id uuid, team_id uuid, source text,
      source_id text, fingerprint text, labels jsonb, annotations jsonb, agent_id uuid, severity text, status text,
      title text, message text, value float8, generator_url text, runbook_url text, starts_at timestamptz,
      ends_at timestamptz, ends_by_timeout boolean, flapping boolean, version bigint)
    on conflict (team_id, source, source_id, fingerprint) where status <> 'resolved' do nothing
    returning id`);
  const ids = new Set(inserted.map(({ id }) => id));
  return {
    made: fresh.filter(({ id }) => ids.has(id)),
    lost: new Set(fresh.filter(({ id }) => !ids.has(id)).map(keyOf)),
  };
}

/** Writes what findings changed about open alerts, all in one statement. An alert that is active again forgets who had it. */
export async function updateAlerts(tx: Tx, alerts: readonly UpdatedAlert[], at: Date): Promise<void> {
  if (alerts.length === 0) return;
  const now = at.toISOString();
  const rows = alerts.map((alert) => ({ ...columnsOf(alert), reason: alert.reason }));
  await tx.execute(sql`
    update alerts a set
      annotations = r.annotations, agent_id = r.agent_id, severity = r.severity, status = r.status, title = r.title,
      message = r.message, value = r.value, generator_url = r.generator_url, runbook_url = r.runbook_url,
      starts_at = r.starts_at, ends_at = r.ends_at, ends_by_timeout = r.ends_by_timeout, version = r.version,
      last_received_at = ${now}::timestamptz, updated_at = ${now}::timestamptz,
      resolved_at = case when r.status = 'resolved' then ${now}::timestamptz end,
      resolve_reason = case when r.status = 'resolved' then r.reason end,
      acknowledged_by = case when r.status = 'active' then null else a.acknowledged_by end,
      acknowledged_at = case when r.status = 'active' then null else a.acknowledged_at end,
      acknowledgement_expires_at =
        case when r.status = 'acknowledged' then a.acknowledgement_expires_at end,
      snoozed_until = case when r.status = 'acknowledged' then a.snoozed_until end
    from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb) as r(id uuid, annotations jsonb, agent_id uuid,
      severity text, status text, title text, message text, value float8, generator_url text, runbook_url text,
      starts_at timestamptz, ends_at timestamptz, ends_by_timeout boolean, version bigint, reason text)
    where a.id = r.id`);
}

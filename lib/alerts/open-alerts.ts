import { type SQL, sql } from 'drizzle-orm';
import type { Tx } from '#db/client.ts';
import type { AlertSource } from '#lib/model/alert.ts';
import type { AlertState, Finding } from '#lib/model/alert-finding.ts';

/** An alert with what decides on its next finding. */
export interface OpenAlert extends AlertState {
  endsAt: Date | null;
  endsByTimeout: boolean;
}

interface OpenRow extends Record<string, unknown> {
  id: string;
  source: AlertSource;
  source_id: string;
  fingerprint: string;
  labels: AlertState['labels'];
  annotations: AlertState['annotations'];
  agent_id: string | null;
  severity: AlertState['severity'];
  status: AlertState['status'];
  title: string;
  message: string;
  value: number | null;
  generator_url: string | null;
  runbook_url: string | null;
  starts_ms: number;
  ends_ms: number | null;
  ends_by_timeout: boolean;
  suppressed_by: AlertState['suppressedBy'];
  version: string;
}

type Keyed = Pick<Finding, 'source' | 'sourceId' | 'fingerprint'>;

export const keyOf = ({ source, sourceId, fingerprint }: Keyed): string =>
  `${source} ${sourceId} ${fingerprint}`;

/** Keys as the one parameter of a statement. */
const asKeys = (findings: readonly Keyed[]): string =>
  JSON.stringify(
    findings.map(({ source, sourceId, fingerprint }) => ({ source, source_id: sourceId, fingerprint })),
  );

const COLUMNS = sql`a.id, a.source, a.source_id, a.fingerprint, a.labels, a.annotations, a.agent_id,
  a.severity, a.status, a.title, a.message, a.value, a.generator_url, a.runbook_url,
  floor(extract(epoch from a.starts_at) * 1000)::float8 as starts_ms,
  floor(extract(epoch from a.ends_at) * 1000)::float8 as ends_ms,
  a.ends_by_timeout, a.suppressed_by, a.version`;

function toOpenAlert(teamId: string, row: OpenRow): OpenAlert {
  return {
    id: row.id,
    teamId,
    source: row.source,
    sourceId: row.source_id,
    fingerprint: row.fingerprint,
    labels: row.labels,
    annotations: row.annotations,
    agentId: row.agent_id,
    severity: row.severity,
    status: row.status,
    title: row.title,
    message: row.message,
    value: row.value,
    generatorUrl: row.generator_url,
    runbookUrl: row.runbook_url,
    startsAt: new Date(row.starts_ms),
    endsAt: row.ends_ms === null ? null : new Date(row.ends_ms),
    endsByTimeout: row.ends_by_timeout,
    suppressedBy: row.suppressed_by,
    version: Number(row.version),
  };
}

/** Locks the open alerts that findings are about, always in the same order; by `keyOf`. */
export async function lockOpenAlerts(
  tx: Tx,
  teamId: string,
  findings: readonly Keyed[],
): Promise<Map<string, OpenAlert>> {
  const rows = await tx.execute<OpenRow>(sql`
    select ${COLUMNS}
    from jsonb_to_recordset(${asKeys(findings)}::text::jsonb) as k(source text, source_id text, fingerprint text)
    join alerts a on a.team_id = ${teamId}::uuid and a.source = k.source and a.source_id = k.source_id
      and a.fingerprint = k.fingerprint and a.status <> 'resolved'
    order by a.id
    for no key update of a`);
  return new Map(rows.map((row) => toOpenAlert(teamId, row)).map((alert) => [keyOf(alert), alert]));
}

/** Locks the alerts of a team that fit, in the order of their ids. */
export async function selectAlerts(tx: Tx, teamId: string, fitting: SQL): Promise<OpenAlert[]> {
  const rows = await tx.execute<OpenRow>(sql`
    select ${COLUMNS} from alerts a where a.team_id = ${teamId}::uuid and ${fitting} order by a.id for no key update`);
  return rows.map((row) => toOpenAlert(teamId, row));
}

/** What there was before: how often it opened in the last hour, and when somebody last resolved it by hand. */
export interface Past {
  recent: number;
  resolvedByHandAt: Date | null;
}

/** The word that says that a person or a key resolved an alert, not the data. */
export const RESOLVED_BY_HAND = 'by_hand';

/** Reads the past of what may be opened; keys without one are not in the answer. */
export async function readPasts(
  tx: Tx,
  teamId: string,
  findings: readonly Keyed[],
  at: Date,
): Promise<Map<string, Past>> {
  interface PastRow extends Record<string, unknown> {
    source: AlertSource;
    source_id: string;
    fingerprint: string;
    recent: number;
    by_hand_ms: number | null;
  }
  if (findings.length === 0) return new Map();
  const rows = await tx.execute<PastRow>(sql`
    select source, source_id, fingerprint,
      count(*) filter (where a.created_at > ${at.toISOString()}::timestamptz - interval '1 hour')::int as recent,
      extract(epoch from max(a.resolved_at) filter (where a.resolve_reason = ${RESOLVED_BY_HAND}))::float8 * 1000
        as by_hand_ms
    from jsonb_to_recordset(${asKeys(findings)}::text::jsonb) as k(source text, source_id text, fingerprint text)
    join alerts a using (source, source_id, fingerprint)
    where a.team_id = ${teamId}::uuid and a.status = 'resolved'
    group by source, source_id, fingerprint`);
  return new Map(
    rows.map((row) => [
      keyOf({ source: row.source, sourceId: row.source_id, fingerprint: row.fingerprint }),
      {
        recent: row.recent,
        resolvedByHandAt: row.by_hand_ms === null ? null : new Date(row.by_hand_ms),
      },
    ]),
  );
}

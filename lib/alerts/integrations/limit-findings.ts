import { sql } from 'drizzle-orm';
import type { Tx } from '#db/client.ts';
import { type Finding, fingerprintOf } from '#lib/model/alert-finding.ts';
import type { Integration } from './queries.ts';

/** What stays of a batch under the limit of its sender, and how much of each alertname did not fit. */
export interface Limited {
  kept: Finding[];
  refused: Map<string, number>;
}

const nameOf = ({ labels }: Finding): string => labels.alertname ?? '';

/**
 * Refuses new alerts above the limit of one alertname; known ones go on (alerting S70). The caller holds the row
 * of the integration, so that no two batches count at once.
 */
export async function limitFindings(
  tx: Tx,
  { id, teamId }: Integration,
  findings: readonly Finding[],
  maxPerAlertname: number,
): Promise<Limited> {
  const rows = await tx.execute<{ name: string; open: number; known: string[] }>(sql`
    select coalesce(a.labels ->> 'alertname', '') as name, count(*)::int as open,
      coalesce(array_agg(a.fingerprint) filter (where a.fingerprint in (
        select value from jsonb_array_elements_text(
          ${JSON.stringify(findings.map(({ fingerprint }) => fingerprint))}::text::jsonb))), '{}') as known
    from alerts a
    where a.team_id = ${teamId}::uuid and a.source = 'integration' and a.source_id = ${id} and a.status <> 'resolved'
    group by 1`);
  const open = new Map(rows.map((row) => [row.name, row.open]));
  const known = new Set(rows.flatMap((row) => row.known));
  const limited: Limited = { kept: [], refused: new Map() };
  for (const finding of findings) {
    const name = nameOf(finding);
    const count = open.get(name) ?? 0;
    if (finding.firing && !known.has(finding.fingerprint)) {
      if (count >= maxPerAlertname) {
        limited.refused.set(name, (limited.refused.get(name) ?? 0) + 1);
        continue;
      }
      open.set(name, count + 1);
      known.add(finding.fingerprint);
    }
    limited.kept.push(finding);
  }
  return limited;
}

/** How long after the last refusal the alert about it stays. */
const LIMIT_ALERT_MS = 15 * 60_000;

/** The alert that says that alerts were refused, so that nobody misses them in silence (alerting S70). */
export function limitAlert({ id, name }: Integration, alertname: string, max: number, at: Date): Finding {
  const labels = { alertname: 'AlertLimitReached', integration: name, limited: alertname || '(none)' };
  return {
    source: 'system',
    sourceId: `integration ${id}`,
    labels,
    fingerprint: fingerprintOf(labels),
    annotations: {},
    agentId: null,
    severity: 'error',
    title: `${name} sends more than ${max} alerts called ${alertname || '(none)'}`,
    message:
      'New ones are refused until some of them are over. Raise the limit of the integration or send less.',
    value: null,
    generatorUrl: null,
    runbookUrl: null,
    firing: true,
    startsAt: at,
    endsAt: new Date(at.getTime() + LIMIT_ALERT_MS),
    endsByTimeout: true,
    reason: 'limit',
  };
}

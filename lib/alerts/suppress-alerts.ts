import { sql } from 'drizzle-orm';
import type { Tx } from '#db/client.ts';
import { SEVERITIES } from '#lib/model/alert.ts';
import type { AlertState, ChangedAlert, Suppression } from '#lib/model/alert-finding.ts';
import { matchedLabels } from '#lib/model/label-matcher.ts';
import { inhibitionOf, readSources } from './inhibition.ts';
import type { Mutes } from './mutes.ts';
import { systemDoer, type TimelineEntry, writeTimeline } from './timeline.ts';

type Muted = Pick<AlertState, 'id' | 'labels' | 'severity' | 'suppressedBy'>;

/** An alert whose reasons to be quiet changed. */
export interface SuppressionChange {
  alertId: string;
  before: readonly Suppression[];
  after: readonly Suppression[];
}

const keyOf = ({ kind, id }: Suppression): string => `${kind} ${id}`;
const sameReasons = (a: readonly Suppression[], b: readonly Suppression[]): boolean =>
  a.map(keyOf).sort().join() === b.map(keyOf).sort().join();

/** Finds what keeps each of the alerts quiet, and hands back those for which that changed. */
export async function findSuppressions(
  tx: Tx,
  mutes: Mutes,
  alerts: readonly Muted[],
): Promise<SuppressionChange[]> {
  const seen = alerts.map((alert) => ({ alert, labels: matchedLabels(alert) }));
  const rules = mutes.inhibitions.filter((rule) => seen.some(({ labels }) => rule.isTarget(labels)));
  const inhibitedBy = inhibitionOf(rules, await readSources(tx, mutes.teamId, rules));
  return seen.flatMap(({ alert, labels }) => {
    const direct = mutes.direct.filter(({ passes }) => passes(labels));
    const after = [
      ...direct.map(({ kind, id, name }): Suppression => ({ kind, id, name })),
      ...inhibitedBy(labels),
    ];
    const before = alert.suppressedBy;
    return sameReasons(before, after) ? [] : [{ alertId: alert.id, before, after }];
  });
}

function entryOf({ alertId, before, after }: SuppressionChange): TimelineEntry {
  const kind = after.length > 0 ? 'suppressed' : 'unsuppressed';
  const reasons = after.length > 0 ? after : before;
  return { alertId, kind, note: reasons.map(({ name }) => name).join(', '), details: { reasons } };
}

/** Writes down what keeps alerts quiet now, where people see it: on the alerts and in their timelines. */
export async function writeSuppressions(
  tx: Tx,
  teamId: string,
  changes: readonly SuppressionChange[],
  at: Date,
): Promise<void> {
  if (changes.length === 0) return;
  const rows = changes.map(({ alertId, after }) => ({ id: alertId, suppressed_by: after }));
  await tx.execute(sql`
    update alerts a set suppressed_by = r.suppressed_by, version = a.version + 1,
      updated_at = ${at.toISOString()}::timestamptz
    from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb) as r(id uuid, suppressed_by jsonb)
    where a.id = r.id`);
  await writeTimeline(tx, teamId, systemDoer('mutes'), changes.map(entryOf), at);
}

/**
 * Whether alerts that came, changed or went may change which others are inhibited. A source may be one by its severity:
 * whatever that was before counts too.
 */
export function touchesInhibition(mutes: Mutes, changed: readonly ChangedAlert[]): boolean {
  return mutes.inhibitions.some(({ isSource }) =>
    changed.some(({ alert: { labels } }) =>
      SEVERITIES.some((severity) => isSource(matchedLabels({ labels, severity }))),
    ),
  );
}

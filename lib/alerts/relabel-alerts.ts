import { sql } from 'drizzle-orm';
import type { Tx } from '#db/client.ts';
import type { Labels } from '#lib/model/alert.ts';
import type { ChangedAlert } from '#lib/model/alert-finding.ts';
import { type OpenAlert, RESOLVED_BY_HAND, selectAlerts } from './open-alerts.ts';
import { askForNewLook, keepLooksOut } from './stale-mutes.ts';
import { systemDoer, writeTimeline } from './timeline.ts';

/** Other labels of what one instance of a rule stands for, with the title that goes with them. */
export interface Relabelling {
  before: string;
  /** When the instance began to fire, Unix milliseconds. */
  sinceMs: number;
  fingerprint: string;
  labels: Labels;
  title: string;
}

const isOpen = ({ status }: Pick<OpenAlert, 'status'>): boolean => status !== 'resolved';

/**
 * Gives alerts of a rule the labels that the rule gives them now. They are the same alerts: whoever has one keeps it,
 * they stay in the groups that were told of them, and what mutes by labels is looked at again. One that was resolved
 * by hand while its instance fires on goes along, so that it stays resolved (alerting S72).
 */
export async function relabelAlerts(
  tx: Tx,
  rule: { id: string; teamId: string },
  relabellings: readonly Relabelling[],
  note: string,
  at: Date,
): Promise<ChangedAlert[]> {
  await keepLooksOut(tx, rule.teamId);
  const found = await selectAlerts(
    tx,
    rule.teamId,
    sql`a.source = 'rule' and a.source_id = ${rule.id} and exists (
      select from jsonb_to_recordset(${JSON.stringify(relabellings)}::text::jsonb)
        as r(before text, "sinceMs" float8, fingerprint text)
      where (a.status <> 'resolved' and a.fingerprint in (r.before, r.fingerprint))
        or (a.fingerprint = r.before and a.resolve_reason = ${RESOLVED_BY_HAND}
          and a.resolved_at >= to_timestamp(r."sinceMs" / 1000)))`,
  );
  const open = new Set(found.filter(isOpen).map(({ fingerprint }) => fingerprint));
  const wanted = new Map(relabellings.map((one) => [one.before, one]));
  const moved = found.flatMap((alert) => {
    const to = wanted.get(alert.fingerprint);
    // Somebody may have reopened one that ended under the same labels: two open ones of a fingerprint there are not.
    if (!to || (isOpen(alert) && open.has(to.fingerprint))) return [];
    const { fingerprint, labels } = to;
    const title = isOpen(alert) ? to.title : alert.title;
    return [{ ...alert, fingerprint, labels, title, version: alert.version + 1 }];
  });
  if (moved.length === 0) return [];
  const after = moved.map(({ id, fingerprint, labels, title, version }) => {
    return { id, fingerprint, labels, title, version };
  });
  await tx.execute(sql`
    update alerts a set fingerprint = r.fingerprint, labels = r.labels, title = r.title, version = r.version,
      updated_at = ${at.toISOString()}::timestamptz
    from jsonb_to_recordset(${JSON.stringify(after)}::text::jsonb)
      as r(id uuid, fingerprint text, labels jsonb, title text, version bigint)
    where a.id = r.id`);
  const goingOn = moved.filter(isOpen);
  const entries = goingOn.map(({ id, title }) => {
    return { alertId: id, kind: 'updated' as const, note, details: { title } };
  });
  await writeTimeline(tx, rule.teamId, systemDoer('rule'), entries, at);
  await askForNewLook(tx, rule.teamId);
  return goingOn.map((alert) => ({
    alertId: alert.id,
    fingerprint: alert.fingerprint,
    change: 'updated',
    alert,
  }));
}

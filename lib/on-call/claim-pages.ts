import { sql } from 'drizzle-orm';
import type { Tx } from '#db/client.ts';
import type { Severity } from '#lib/model/alert.ts';
import { QUIET_REASON } from './claim-escalations.ts';

/** Everything that is due for one person by one way about one alert: however much, it is told once (alerting S87). */
export interface DuePage {
  pageIds: string[];
  teamId: string;
  userId: string;
  contactMethodId: string;
  kind: 'email' | 'push' | 'webhook';
  /** Nobody was told of this alert before. */
  isFirst: boolean;
  alertId: string;
  severity: Severity;
  title: string;
  message: string;
  value: number | null;
  runbookUrl: string | null;
  startsAt: Date;
}

interface DueRow extends Record<string, unknown> {
  page_ids: string[];
  team_id: string;
  user_id: string;
  contact_method_id: string;
  kind: DuePage['kind'];
  is_first: boolean;
  alert_id: string;
  severity: Severity;
  title: string;
  message: string;
  value: number | null;
  runbook_url: string | null;
  starts_ms: number;
}

/** Drops what is due and nobody needs any more: the alert is quiet, or the way to the person is gone. */
async function dropStale(tx: Tx): Promise<void> {
  await tx.execute(sql`
    update pages p set state = 'cancelled', cancel_reason = stale.reason
    from (
      select d.id, coalesce(${QUIET_REASON}, 'contact method removed') as reason
      from pages d join alerts a on a.id = d.alert_id
        left join contact_methods c on c.id = d.contact_method_id
      where d.state = 'waiting' and d.due_at <= alert_now() and (${QUIET_REASON} is not null or c.id is null)
      for update of d skip locked
    ) stale
    where p.id = stale.id`);
}

/**
 * Takes on pages that are due, all of an alert, a person and a way together. One worker at a time does this:
 * two could otherwise each take one of them and tell the same twice. To be called in a transaction.
 *
 * @returns null while another worker is at it
 */
export async function claimPages(tx: Tx, limit: number): Promise<DuePage[] | null> {
  const [lock] = await tx.execute<{ taken: boolean }>(
    sql`select pg_try_advisory_xact_lock(hashtextextended('pages to hand over', 0)) as taken`,
  );
  if (!lock?.taken) return null;
  await dropStale(tx);
  const rows = await tx.execute<DueRow>(sql`
    with keys as (
      select alert_id, user_id, contact_method_id, min(due_at) as since
      from pages where state = 'waiting' and due_at <= alert_now()
      group by 1, 2, 3 order by since limit ${limit}
    ), taken as materialized (
      select p.id, p.team_id, p.alert_id, p.user_id, p.contact_method_id
      from keys join pages p using (alert_id, user_id, contact_method_id)
      where p.state = 'waiting' and p.due_at <= alert_now()
      for update of p skip locked
    )
    select jsonb_agg(t.id) as page_ids, t.team_id, t.user_id, t.contact_method_id, c.kind, a.id as alert_id,
      a.severity, a.title, a.message, a.value, a.runbook_url,
      (extract(epoch from a.starts_at) * 1000)::float8 as starts_ms,
      not exists (select from pages o where o.alert_id = a.id and o.state = 'handed_over') as is_first
    from taken t join alerts a on a.id = t.alert_id join contact_methods c on c.id = t.contact_method_id
    group by t.team_id, t.user_id, t.contact_method_id, c.kind, a.id
    order by a.starts_at, a.id`);
  return rows.map((row) => ({
    pageIds: row.page_ids,
    teamId: row.team_id,
    userId: row.user_id,
    contactMethodId: row.contact_method_id,
    kind: row.kind,
    isFirst: row.is_first,
    alertId: row.alert_id,
    severity: row.severity,
    title: row.title,
    message: row.message,
    value: row.value,
    runbookUrl: row.runbook_url,
    startsAt: new Date(row.starts_ms),
  }));
}

/** Notes with which notification pages went out. */
export async function markHandedOver(
  tx: Tx,
  pages: readonly { pageIds: readonly string[]; notificationId: string | null }[],
): Promise<void> {
  const rows = pages.flatMap(({ pageIds, notificationId }) =>
    pageIds.map((id) => ({ id, notification_id: notificationId })),
  );
  await tx.execute(sql`
    update pages p set state = 'handed_over', notification_id = h.notification_id
    from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb) as h(id uuid, notification_id uuid)
    where p.id = h.id`);
}

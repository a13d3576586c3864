import { sql } from 'drizzle-orm';
import type { Tx } from '#db/client.ts';
import { databaseNow } from '#db/now.ts';
import type { ChannelKind } from '#lib/model/alert.ts';
import { NOTIFICATION_PRIORITY, type NotificationDraft } from '#lib/model/notification.ts';
import { enqueueNotifications } from './enqueue.ts';
import { type GroupAlert, groupMessage } from './group-message.ts';

const END_HOURS = 24;

const within = (ids: readonly string[]) =>
  sql`(select value::uuid from jsonb_array_elements_text(${JSON.stringify(ids)}::text::jsonb))`;

interface ToldPage extends Record<string, unknown> {
  id: string;
  team_id: string;
  kind: ChannelKind;
  channel_id: string;
  /** In the order in which they were told: a receiver may know them by it (alerting S41). */
  alert_ids: string[];
}

type AlertRow = Omit<GroupAlert, 'startsAt' | 'runbookUrl'> & {
  [column: string]: unknown;
  starts_ms: number;
  runbook_url: string | null;
};

/**
 * Holds the pages of channels that speak of these alerts. Whoever writes that one of them went out looks at its alerts
 * afterwards: of the two, the later sees what the other did.
 */
async function holdPages(tx: Tx, alertIds: readonly string[]): Promise<string[]> {
  const rows = await tx.execute<{ id: string }>(sql`
    select n.id from notifications n
    where n.purpose = 'page' and n.channel_id is not null and n.message ->> 'status' = 'firing'
      and n.id in (select notification_id from notification_alerts where alert_id in ${within(alertIds)})
    order by n.id for no key update`);
  return rows.map(({ id }) => id);
}

/**
 * Of held pages those that their channel has or may have, that want to hear of ends and of which nothing is open any
 * more. What went out with another page counts for itself.
 */
function endedPages(tx: Tx, pageIds: readonly string[]) {
  return tx.execute<ToldPage>(sql`
    select distinct on (n.channel_id, own.alert_ids) n.id, n.team_id, n.kind, n.channel_id, own.alert_ids
    from notifications n
      join notification_channels c on c.id = n.channel_id and c.deleted_at is null and c.send_resolved
      cross join lateral (
        select coalesce(jsonb_agg(spoken.id order by spoken.place), '[]') as alert_ids
        from jsonb_array_elements_text(n.alert_ids) with ordinality as spoken(id, place)
        where exists (select from notification_alerts na
          where na.notification_id = n.id and na.alert_id = spoken.id::uuid)) own
    where n.id in ${within(pageIds)}
      and (n.status in ('sent', 'delivered') or n.status in ('failed', 'expired', 'cancelled') and exists (
        select from notification_attempts t
        where t.notification_id = n.id and t.reason in ('lease_lost', 'no_answer')))
      and not exists (
        select from notification_alerts na join alerts a on a.id = na.alert_id
        where na.notification_id = n.id and a.status <> 'resolved')
    order by n.channel_id, own.alert_ids, n.created_at`);
}

async function readAlerts(tx: Tx, ids: readonly string[]): Promise<Map<string, GroupAlert>> {
  const rows = await tx.execute<AlertRow>(sql`
    select id, title, message, severity, status, value, runbook_url,
      extract(epoch from starts_at)::float8 * 1000 as starts_ms
    from alerts where id in ${within(ids)}`);
  return new Map(
    rows.map(({ starts_ms, runbook_url, ...row }) => [
      row.id,
      { ...row, startsAt: new Date(starts_ms), runbookUrl: runbook_url },
    ]),
  );
}

function endOf(page: ToldPage, alerts: ReadonlyMap<string, GroupAlert>, at: Date): NotificationDraft {
  const resolved = page.alert_ids.flatMap((id) => alerts.get(id) ?? []);
  const reason = 'all_resolved';
  return {
    teamId: page.team_id,
    purpose: 'page',
    kind: page.kind,
    channelId: page.channel_id,
    alertIds: page.alert_ids,
    cause: `end of ${page.id}`,
    reason,
    message: groupMessage({ firing: [], resolved, labels: {}, reason, words: '' }),
    priority: NOTIFICATION_PRIORITY.group,
    expiresAt: new Date(at.getTime() + END_HOURS * 3_600_000),
  };
}

/**
 * Tells channels that these pages went to that all they spoke of is over, where that is so and they want to hear it. To
 * be called by whoever holds the pages.
 */
export async function tellEndsOf(tx: Tx, pageIds: readonly string[]): Promise<void> {
  if (pageIds.length === 0) return;
  const pages = [...(await endedPages(tx, pageIds))];
  if (pages.length === 0) return;
  const alerts = await readAlerts(tx, [...new Set(pages.flatMap(({ alert_ids }) => alert_ids))]);
  const at = await databaseNow(tx);
  await enqueueNotifications(
    tx,
    pages.map((page) => endOf(page, alerts, at)),
  );
}

/**
 * Tells channels that a policy told of alerts that these are over: whatever opened an incident there closes it by the
 * same key. A page that is on its way has its end told when it is known to have arrived. Call it after the alerts were
 * resolved, in the same transaction.
 */
export async function tellPageEnds(tx: Tx, alertIds: readonly string[]): Promise<void> {
  if (alertIds.length > 0) await tellEndsOf(tx, await holdPages(tx, alertIds));
}

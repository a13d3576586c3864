/**
 * Notifications: the outbox and everything that leaves through it. Whoever causes a message writes it here in
 * the transaction of its cause; delivery, retries and the log of what happened are this room's.
 */
import { inArray, sql } from 'drizzle-orm';
import type { Tx } from '#db/client.ts';
import { pushSubscriptions } from '#db/schema/notifications.ts';
import type { NotificationDraft } from '#lib/model/notification.ts';
import { uuidv7 } from '#lib/model/uuid.ts';

/** The cause of a message that goes by the fallback ends in this, after that of those which it stands in for. */
export const FALLBACK_OF = ':fallback';

interface OutboxRow extends NotificationDraft {
  id: string;
  destination: string;
  pushSubscriptionId: string | null;
}

const isForDevices = ({ kind, userId, channelId }: NotificationDraft) =>
  kind === 'push' && userId != null && channelId == null;

async function devicesOf(tx: Tx, drafts: readonly NotificationDraft[]): Promise<Map<string, string[]>> {
  const users = new Set(drafts.filter(isForDevices).map((draft) => draft.userId ?? ''));
  const devices = new Map<string, string[]>();
  if (users.size === 0) return devices;
  const rows = await tx
    .select({ id: pushSubscriptions.id, userId: pushSubscriptions.userId })
    .from(pushSubscriptions)
    .where(inArray(pushSubscriptions.userId, [...users]));
  for (const { id, userId } of rows) devices.set(userId, [...(devices.get(userId) ?? []), id]);
  return devices;
}

function destinationOf(draft: NotificationDraft): string {
  if (draft.channelId != null) return `channel:${draft.channelId}`;
  if (draft.contactMethodId != null) return `contact:${draft.contactMethodId}`;
  return `user:${draft.userId}:${draft.kind}`;
}

/** A message to somebody's devices is one row a device; without any, one row that will say so. */
function rowsOf(draft: NotificationDraft, devices: ReadonlyMap<string, string[]>): OutboxRow[] {
  const own = isForDevices(draft) ? (devices.get(draft.userId ?? '') ?? []) : [];
  if (own.length === 0)
    return [{ ...draft, id: uuidv7(), destination: destinationOf(draft), pushSubscriptionId: null }];
  return own.map((pushSubscriptionId) => ({
    ...draft,
    id: uuidv7(),
    destination: `device:${pushSubscriptionId}`,
    pushSubscriptionId,
  }));
}

/** Rows as one parameter: thousands of them stay one statement. */
const asRecords = (rows: readonly OutboxRow[]) =>
  JSON.stringify(
    rows.map((row) => ({
      id: row.id,
      team_id: row.teamId,
      purpose: row.purpose,
      kind: row.kind,
      channel_id: row.channelId ?? null,
      user_id: row.userId ?? null,
      contact_method_id: row.contactMethodId ?? null,
      push_subscription_id: row.pushSubscriptionId,
      group_id: row.groupId ?? null,
      destination: row.destination,
      alert_ids: row.alertIds,
      cause: row.cause,
      reason: row.reason,
      message: row.message,
      priority: row.priority,
      expires_at: row.expiresAt,
    })),
  );

/**
 * What a group was to be told and was not yet: the newer message says it all. Where the older was tried in vain the newer
 * has no longer than that had left, so that a channel which is away is given up however often its group is told anew
 * (alerting S92).
 */
async function supersede(tx: Tx, rows: readonly OutboxRow[]): Promise<void> {
  const groups = rows.filter(({ purpose, groupId }) => purpose === 'group' && groupId != null);
  if (groups.length === 0) return;
  const newer = JSON.stringify(
    groups.map(({ id, groupId, destination }) => ({ id, group_id: groupId, destination })),
  );
  await tx.execute(sql`
    with newer as materialized (
      select newer.* from jsonb_to_recordset(${newer}::text::jsonb) as newer(id uuid, group_id uuid, destination text)
      join notifications own on own.id = newer.id
    ), older as (
      update notifications n
      set status = 'cancelled', finish_reason = 'superseded', finished_at = alert_now()
      from newer
      where n.group_id = newer.group_id and n.destination = newer.destination
        and n.purpose = 'group' and n.status = 'queued' and n.id not in (select id from newer)
      returning n.group_id, n.destination, n.attempts, n.expires_at
    ), tried as (
      select group_id, destination, min(expires_at) as until from older
      where attempts > 0 and expires_at > alert_now()
      group by group_id, destination
    )
    update notifications n set expires_at = least(n.expires_at, tried.until)
    from newer join tried using (group_id, destination) where n.id = newer.id`);
}

async function idsByCause(
  tx: Tx,
  drafts: readonly NotificationDraft[],
): Promise<{ id: string; teamId: string; cause: string }[]> {
  const wanted = JSON.stringify(drafts.map(({ teamId, cause }) => ({ team_id: teamId, cause })));
  const rows = await tx.execute<{ id: string; team_id: string; cause: string }>(sql`
    select n.id, n.team_id, n.cause
    from jsonb_to_recordset(${wanted}::text::jsonb) as wanted(team_id uuid, cause text)
    join notifications n using (team_id, cause)
    order by n.id desc`);
  return rows.map((row) => ({ id: row.id, teamId: row.team_id, cause: row.cause }));
}

/**
 * Writes messages to the outbox, in the transaction that causes them. One with a cause that its target has
 * had already is left out. Wake the queue `deliveries` after the commit.
 *
 * @returns the notification of each draft, by its cause: the first, where a person has several devices
 */
export async function enqueueNotifications(
  tx: Tx,
  drafts: readonly NotificationDraft[],
): Promise<Map<string, string>> {
  if (drafts.length === 0) return new Map();
  const devices = await devicesOf(tx, drafts);
  const rows = drafts.flatMap((draft) => rowsOf(draft, devices));
  await tx.execute(sql`
    with fresh as (
      insert into notifications (id, team_id, purpose, kind, channel_id, user_id, contact_method_id,
        push_subscription_id, group_id, destination, alert_ids, cause, reason, message, priority, expires_at,
        next_attempt_at, created_at)
      select r.*, alert_now(), alert_now()
      from jsonb_to_recordset(${asRecords(rows)}::text::jsonb) as r(id uuid, team_id uuid, purpose text,
        kind text, channel_id uuid, user_id uuid, contact_method_id uuid, push_subscription_id uuid,
        group_id uuid, destination text, alert_ids jsonb, cause text, reason text, message jsonb,
        priority int, expires_at timestamptz)
      on conflict (team_id, cause, destination) do nothing
      returning id, alert_ids
    )
    insert into notification_alerts (notification_id, alert_id)
    select distinct fresh.id, alert.id::uuid
    from fresh, jsonb_array_elements_text(fresh.alert_ids) as alert(id)`);
  await supersede(tx, rows);
  return new Map((await idsByCause(tx, drafts)).map(({ cause, id }) => [cause, id]));
}

import { sql } from 'drizzle-orm';
import type { Tx } from '#db/client.ts';
import type { ChannelKind, Labels, NotifyReason } from '#lib/model/alert.ts';
import type { Told } from './decide-notify.ts';
import type { GroupAlert } from './group-message.ts';

/** A group whose tick has come, with what its route says. */
export interface DueGroup {
  id: string;
  teamId: string;
  labels: Labels;
  /** Looks at it so far. */
  flushes: number;
  groupIntervalMs: number;
  repeatIntervalMs: number;
  channelIds: readonly string[];
  fallbackChannelId: string | null;
}

/**
 * Brings timers back that a clock which jumped back left in the far future, a minute and more behind those of their
 * route: a look too many tells nobody anything twice, a look that never comes would (alerting S29).
 */
export async function mendGroupTimers(tx: Tx): Promise<number> {
  const mended = await tx.execute(sql`
    update alert_groups g set next_flush_at = alert_now()
    from alert_routes r
    where r.id = g.route_id and g.next_flush_at > alert_now()
        + greatest(r.group_wait_ms, r.group_interval_ms) * interval '1 millisecond' + interval '1 minute'
    returning g.id`);
  if (mended.length === 0) return 0;
  await tx.execute(sql`update notification_log set sent_at = alert_now() where sent_at > alert_now()`);
  await tx.execute(sql`update alert_group_members set retell_at = alert_now() where retell_at > alert_now()`);
  return mended.length;
}

/** Claims groups that are due, but of some teams, for the length of the transaction; others skip them. */
export async function claimDueGroups(
  tx: Tx,
  at: Date,
  limit: number,
  exceptTeams: readonly string[],
): Promise<DueGroup[]> {
  const rows = await tx.execute<{
    id: string;
    team_id: string;
    labels: Labels;
    flushes: string;
    group_interval_ms: number;
    repeat_interval_ms: number;
    channel_ids: string[];
    fallback_channel_id: string | null;
  }>(sql`
    select g.id, g.team_id, g.labels, g.flushes, r.group_interval_ms, r.repeat_interval_ms, r.channel_ids,
      r.fallback_channel_id
    from alert_groups g join alert_routes r on r.id = g.route_id
    where g.next_flush_at <= ${at.toISOString()}::timestamptz and g.team_id not in ${ids(exceptTeams)}
    order by g.next_flush_at limit ${limit} for update of g skip locked`);
  return rows.map((row) => ({
    id: row.id,
    teamId: row.team_id,
    labels: row.labels,
    flushes: Number(row.flushes),
    groupIntervalMs: row.group_interval_ms,
    repeatIntervalMs: row.repeat_interval_ms,
    channelIds: row.channel_ids,
    fallbackChannelId: row.fallback_channel_id,
  }));
}

/** A member of a group as it stands when the look begins: its state is decided here, once (alerting S38). */
export interface GroupMember extends GroupAlert {
  groupId: string;
  muted: boolean;
  retell: { at: Date; reason: NotifyReason; words: string } | null;
}

const ids = (values: readonly string[]) =>
  sql`(select value::uuid from jsonb_array_elements_text(${JSON.stringify(values)}::text::jsonb))`;

export async function readMembers(tx: Tx, groupIds: readonly string[]): Promise<Map<string, GroupMember[]>> {
  const rows = await tx.execute<{
    group_id: string;
    id: string;
    title: string;
    message: string;
    severity: GroupAlert['severity'];
    status: GroupAlert['status'];
    starts_ms: number;
    value: number | null;
    runbook_url: string | null;
    muted: boolean;
    retell_ms: number | null;
    retell: { reason: NotifyReason; words: string } | null;
  }>(sql`
    select m.group_id, a.id, a.title, a.message, a.severity, a.status, a.value, a.runbook_url,
      extract(epoch from a.starts_at)::float8 * 1000 as starts_ms, a.suppressed_by <> '[]'::jsonb as muted,
      extract(epoch from m.retell_at)::float8 * 1000 as retell_ms, m.retell
    from alert_group_members m join alerts a on a.id = m.alert_id
    where m.group_id in ${ids(groupIds)}
    order by a.id`);
  return Map.groupBy(
    rows.map((row) => ({
      groupId: row.group_id,
      id: row.id,
      title: row.title,
      message: row.message,
      severity: row.severity,
      status: row.status,
      startsAt: new Date(row.starts_ms),
      value: row.value,
      runbookUrl: row.runbook_url,
      muted: row.muted,
      retell: row.retell && row.retell_ms ? { at: new Date(row.retell_ms), ...row.retell } : null,
    })),
    ({ groupId }) => groupId,
  );
}

/** A channel that a group goes to. */
export interface GroupChannel {
  id: string;
  kind: ChannelKind;
  sendResolved: boolean;
  isBroken: boolean;
}

export async function readChannels(
  tx: Tx,
  channelIds: readonly string[],
): Promise<Map<string, GroupChannel>> {
  if (channelIds.length === 0) return new Map();
  const rows = await tx.execute<{
    id: string;
    kind: ChannelKind;
    send_resolved: boolean;
    status: string;
  }>(sql`
    select id, kind, send_resolved, status from notification_channels
    where id in ${ids(channelIds)} and deleted_at is null`);
  return new Map(
    rows.map(({ id, kind, send_resolved, status }) => [
      id,
      { id, kind, sendResolved: send_resolved, isBroken: status === 'broken' },
    ]),
  );
}

/**
 * What each channel was told of each group, and whether a message of it is on its way; by `groupId channelId`. One
 * whose sender died is on its way until somebody took it over and knows more. What waits is held till the end of the
 * transaction: a sender that takes it on meanwhile would tell the same as the message that replaces it. What was told is
 * read after what is on its way: the other way round a message that arrives between the two would be neither.
 */
export async function readTold(
  tx: Tx,
  groupIds: readonly string[],
): Promise<{ told: Map<string, Told>; sending: Set<string> }> {
  const busy = await tx.execute<{ group_id: string; channel_id: string }>(sql`
    with held as (
      select id from notifications
      where group_id in ${ids(groupIds)} and purpose = 'group' and status = 'queued'
      for no key update skip locked
    )
    select distinct group_id, channel_id from notifications
    where group_id in ${ids(groupIds)} and purpose = 'group' and status in ('queued', 'sending')
      and id not in (select id from held)`);
  const rows = await tx.execute<{
    group_id: string;
    channel_id: string;
    firing: string[];
    resolved: string[];
    sent_ms: number;
  }>(sql`
    select group_id, channel_id, firing, resolved, extract(epoch from sent_at)::float8 * 1000 as sent_ms
    from notification_log where group_id in ${ids(groupIds)}`);
  return {
    told: new Map(
      rows.map(({ group_id, channel_id, firing, resolved, sent_ms }) => [
        `${group_id} ${channel_id}`,
        { firing, resolved, sentAt: new Date(sent_ms) },
      ]),
    ),
    sending: new Set(busy.map(({ group_id, channel_id }) => `${group_id} ${channel_id}`)),
  };
}

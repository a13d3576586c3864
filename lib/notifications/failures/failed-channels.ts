import { sql } from 'drizzle-orm';
import type { Tx } from '#db/client.ts';
import { NOTIFICATION_PRIORITY, type NotificationDraft } from '#lib/model/notification.ts';
import { paths } from '#lib/model/paths.ts';
import type { Outcome } from '../delivery/record-outcomes.ts';
import { enqueueNotifications } from '../enqueue.ts';
import { peopleToTell } from './people-to-tell.ts';

/** Permanent failures in a row after which a channel counts as broken. */
const FAILURES_UNTIL_BROKEN = 3;
const NOTICE_HOURS = 24;

interface BrokenChannel extends Record<string, unknown> {
  id: string;
  team_id: string;
  name: string;
  created_by: string | null;
  broken_ms: number;
}

/** Counts failures; answers with the channels that are broken from now on. */
async function countFailures(tx: Tx, failed: readonly Outcome[]): Promise<BrokenChannel[]> {
  const counted = Map.groupBy(
    failed.filter(({ claim }) => claim.channelId !== null),
    ({ claim }) => claim.channelId ?? '',
  );
  if (counted.size === 0) return [];
  const records = [...counted].map(([id, list]) => ({
    id,
    count: list.length,
    error: list.at(-1)?.error ?? '',
  }));
  const rows = await tx.execute<BrokenChannel & { fresh: boolean }>(sql`
    update notification_channels c
    set failures = c.failures + f.count, status_reason = f.error,
      status = case when c.failures + f.count >= ${FAILURES_UNTIL_BROKEN} then 'broken' else c.status end,
      broken_at = case when c.failures + f.count >= ${FAILURES_UNTIL_BROKEN}
        then coalesce(c.broken_at, alert_now()) end
    from jsonb_to_recordset(${JSON.stringify(records)}::text::jsonb) as f(id uuid, count int, error text)
    where c.id = f.id and c.deleted_at is null
    returning c.id, c.team_id, c.name, c.created_by, (extract(epoch from c.broken_at) * 1000)::float8 as broken_ms,
      c.status = 'broken' and c.failures - f.count < ${FAILURES_UNTIL_BROKEN} as fresh`);
  return rows.filter(({ fresh }) => fresh);
}

function noticesOf(
  channel: BrokenChannel,
  people: readonly { userId: string; hasDevice: boolean }[],
): NotificationDraft[] {
  const message = {
    title: `Channel ${channel.name} is broken`,
    text: 'Nothing arrives through it any more. What was routed to it alone goes to the fallback of its route.',
    severity: 'error' as const,
    status: 'notice' as const,
    alerts: [],
    alertCount: 0,
    resolvedIds: [],
    links: { view: paths.notificationChannel(channel.id), runbook: null },
    reason: 'channel_broken',
    groupLabels: {},
  };
  const shared = {
    teamId: channel.team_id,
    purpose: 'notice' as const,
    alertIds: [],
    reason: message.reason,
    message,
    priority: NOTIFICATION_PRIORITY.notice,
    cause: `channel-broken:${channel.id}:${channel.broken_ms}`,
    expiresAt: new Date(channel.broken_ms + NOTICE_HOURS * 3_600_000),
  };
  return people.flatMap(({ userId, hasDevice }) => [
    { ...shared, kind: 'email' as const, userId },
    ...(hasDevice ? [{ ...shared, kind: 'push' as const, userId }] : []),
  ]);
}

/**
 * A channel that refuses again and again is marked broken, and its owner and the admins are told by other
 * ways; it is never switched off (alerting S92).
 */
export async function noteFailedChannels(tx: Tx, failed: readonly Outcome[]): Promise<void> {
  for (const channel of await countFailures(tx, failed)) {
    const people = await peopleToTell(tx, channel.team_id, channel.created_by);
    await enqueueNotifications(tx, noticesOf(channel, people));
  }
}

/** Channels of a team: the verbs and views of the places that messages go to. */
import { and, eq, isNull, sql } from 'drizzle-orm';
import type { Reader } from '#db/client.ts';
import { notificationChannels } from '#db/schema/notifications.ts';
import { AppError } from '#lib/kernel/errors.ts';
import type { ChannelView, TeamChannelKind } from '#lib/model/notification-channel.ts';

type ChannelRow = typeof notificationChannels.$inferSelect;

export const noSuchChannel = () => new AppError('not_found', 'There is no such channel.');

/** A channel of the team that was not deleted. */
export const ownChannel = (teamId: string, id: string) =>
  and(
    eq(notificationChannels.teamId, teamId),
    eq(notificationChannels.id, id),
    isNull(notificationChannels.deletedAt),
  );

function hostOf(address: unknown): string {
  return typeof address === 'string' && URL.canParse(address) ? `${new URL(address).host}/…` : '…';
}

/** What may be seen of a target: never more of an address than its host (security O8). */
export function shownTarget(kind: TeamChannelKind, settings: Record<string, unknown>): string {
  if (kind === 'email') return Array.isArray(settings.recipients) ? settings.recipients.join(', ') : '';
  if (kind === 'pagerduty') return `integration key …${String(settings.routingKey ?? '').slice(-4)}`;
  return hostOf(settings.url);
}

/** The settings that stand unsealed beside the sealed ones: what the list shows, and when the former key ends. */
export interface ShownSettings extends Record<string, unknown> {
  target: string;
  formerUntilMs?: number;
}

export function toChannelView(row: ChannelRow, lastSentMs: number | null): ChannelView {
  const { target, formerUntilMs } = row.settings as ShownSettings;
  return {
    id: row.id,
    name: row.name,
    kind: row.kind as TeamChannelKind,
    target,
    sendResolved: row.sendResolved,
    status: row.status,
    statusReason: row.statusReason,
    brokenAt: row.brokenAt?.getTime() ?? null,
    createdAt: row.createdAt.getTime(),
    lastSentAt: lastSentMs,
    formerSecretUntil: formerUntilMs ?? null,
  };
}

/** When something last arrived through each channel, Unix milliseconds. */
export async function lastSent(db: Reader, teamId: string): Promise<Map<string, number>> {
  const rows = await db.execute<{ channel_id: string; ms: number }>(sql`
    select channel_id, (extract(epoch from max(finished_at)) * 1000)::float8 as ms from notifications
    where team_id = ${teamId} and channel_id is not null and status in ('sent', 'delivered')
    group by channel_id`);
  return new Map(rows.map(({ channel_id, ms }) => [channel_id, ms]));
}

import { sql } from 'drizzle-orm';
import type { Tx } from '#db/client.ts';
import type { ChannelKind } from '#lib/model/alert.ts';
import { NOTIFICATION_PRIORITY, type NotificationDraft } from '#lib/model/notification.ts';
import type { Outcome } from '../delivery/record-outcomes.ts';
import { enqueueNotifications, FALLBACK_OF } from '../enqueue.ts';
import { peopleToTell } from './people-to-tell.ts';

const FALLBACK_HOURS = 4;

interface Way extends Record<string, unknown> {
  notification_id: string;
  created_by: string | null;
  fallback_id: string | null;
  fallback_kind: ChannelKind | null;
}

/**
 * Of channels that refuse the same message at the same moment each would leave it to the other: whoever comes later
 * waits here, and sees what became of the first.
 */
async function takeTurns(tx: Tx, outcomes: Iterable<Outcome>): Promise<void> {
  const groupIds = [...new Set([...outcomes].map(({ claim }) => claim.groupId))];
  await tx.execute(sql`
    select from alert_groups
    where id in (select value::uuid from jsonb_array_elements_text(${JSON.stringify(groupIds)}::text::jsonb))
    order by group_key for no key update`);
}

/** Another channel of the route that is well has the same message or may yet have it, or knows what it tells already. */
const CARRIED = sql`exists (
  select 1 from notification_channels other
  where other.id <> n.channel_id and other.deleted_at is null and other.status = 'ok'
    and r.channel_ids ? other.id::text
    and (exists (
        select 1 from notifications o
        where o.group_id = n.group_id and o.channel_id = other.id and o.purpose = 'group'
          and o.created_at >= n.created_at and o.status in ('queued', 'sending', 'sent', 'delivered'))
      or exists (
        select 1 from notification_log l
        where l.group_id = n.group_id and l.channel_id = other.id and case n.message ->> 'status'
          when 'firing' then l.firing @> (n.alert_ids - array(select jsonb_array_elements_text(n.message -> 'resolvedIds')))
          else l.firing = '[]' end)))`;

/**
 * For messages that no other channel of their route carries: the fallback of the route, else another channel
 * of the team that is well. Without a row somebody else was told.
 */
function waysOut(tx: Tx, ids: readonly string[]) {
  return tx.execute<Way>(sql`
    select n.id as notification_id, c.created_by, f.id as fallback_id, f.kind as fallback_kind
    from notifications n
      join notification_channels c on c.id = n.channel_id
      join alert_groups g on g.id = n.group_id
      join alert_routes r on r.id = g.route_id
      left join lateral (
        select o.id, o.kind from notification_channels o
        where o.team_id = n.team_id and not r.channel_ids ? o.id::text and o.id <> n.channel_id
          and o.deleted_at is null and (o.id = r.fallback_channel_id or o.status = 'ok')
        order by o.id = r.fallback_channel_id desc nulls last, o.created_at
        limit 1
      ) f on true
    where n.id in (select value::uuid from jsonb_array_elements_text(${JSON.stringify(ids)}::text::jsonb))
      and not ${CARRIED}`);
}

function draftFor({ claim }: Outcome, way: Way, now: Date): NotificationDraft | null {
  if (way.fallback_id === null || way.fallback_kind === null) return null;
  const insteadOf = claim.message.insteadOf ?? claim.channelId ?? '';
  return {
    teamId: claim.teamId,
    purpose: 'group',
    kind: way.fallback_kind,
    channelId: way.fallback_id,
    groupId: claim.groupId,
    alertIds: claim.alertIds,
    cause: `${claim.cause}${FALLBACK_OF}`,
    reason: claim.message.reason,
    message: { ...claim.message, insteadOf },
    priority: NOTIFICATION_PRIORITY.group,
    expiresAt: new Date(now.getTime() + FALLBACK_HOURS * 3_600_000),
  };
}

/** Nothing is left to carry it: the owner and the admins get it themselves, by mail. */
async function tellPeople(tx: Tx, { claim }: Outcome, way: Way, now: Date): Promise<NotificationDraft[]> {
  const people = await peopleToTell(tx, claim.teamId, way.created_by);
  return people.map(({ userId }) => ({
    teamId: claim.teamId,
    purpose: 'notice',
    kind: 'email',
    userId,
    alertIds: claim.alertIds,
    cause: `${claim.cause}:people`,
    reason: 'fallback',
    message: claim.message,
    priority: NOTIFICATION_PRIORITY.group,
    expiresAt: new Date(now.getTime() + FALLBACK_HOURS * 3_600_000),
  }));
}

/** Sends what a channel could not carry by another way, where its route has no other that is well (alerting S92). */
export async function fallBack(tx: Tx, failed: readonly Outcome[]): Promise<void> {
  const groups = new Map(
    failed
      .filter(({ claim }) => claim.purpose === 'group' && claim.groupId !== null && claim.channelId !== null)
      // A fallback that fails has no further one: its people are told.
      .map((outcome) => [outcome.claim.id, outcome] as const),
  );
  if (groups.size === 0) return;
  await takeTurns(tx, groups.values());
  const drafts: NotificationDraft[] = [];
  for (const way of await waysOut(tx, [...groups.keys()])) {
    const outcome = groups.get(way.notification_id);
    if (!outcome) continue;
    const now = new Date(outcome.claim.claimedMs);
    const isFallback = outcome.claim.message.insteadOf !== undefined;
    const draft = isFallback ? null : draftFor(outcome, way, now);
    if (draft) drafts.push(draft);
    else drafts.push(...(await tellPeople(tx, outcome, way, now)));
  }
  await enqueueNotifications(tx, drafts);
}

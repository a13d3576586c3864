import { sql } from 'drizzle-orm';
import type { Db } from '#db/client.ts';
import type { ChannelKind } from '#lib/model/alert.ts';
import type { NotificationMessage, NotificationPurpose } from '#lib/model/notification.ts';
import { soundMessage } from './sound-message.ts';

/** A row of the outbox that this process has taken on. */
export interface Claim {
  id: string;
  teamId: string;
  purpose: NotificationPurpose;
  kind: ChannelKind;
  channelId: string | null;
  userId: string | null;
  contactMethodId: string | null;
  pushSubscriptionId: string | null;
  groupId: string | null;
  destination: string;
  alertIds: string[];
  cause: string;
  message: NotificationMessage;
  /** Number of this attempt, from 1. */
  attempt: number;
  /** Whoever holds an older one has lost the row. */
  token: number;
  priority: number;
  expired: boolean;
  /** Unix milliseconds, of the database. */
  expiresMs: number;
  claimedMs: number;
}

interface ClaimRow extends Record<string, unknown> {
  id: string;
  team_id: string;
  purpose: NotificationPurpose;
  kind: ChannelKind;
  channel_id: string | null;
  user_id: string | null;
  contact_method_id: string | null;
  push_subscription_id: string | null;
  group_id: string | null;
  destination: string;
  alert_ids: string[];
  cause: string;
  message: unknown;
  attempts: number;
  lease_token: string;
  priority: number;
  expired: boolean;
  expires_ms: number;
  claimed_ms: number;
}

/** A row is held this long; whoever comes back later finds it taken. */
export const LEASE_SECONDS = 60;
/** Rows that one claim looks at, of a channel and of an address: pages to one go out as one message. */
const SCANNED = { channel: 256, address: 1000 };

interface ClaimOptions {
  /** Destinations that have enough under way here. */
  busy: readonly string[];
  /** Rows of one channel at most. */
  perChannel: number;
  /** Rows at most that are not pages. */
  limit: number;
  /** Pages to people that their limits let go; a page that was already on its way needs no leave. */
  pages: readonly string[];
}

const toClaim = (row: ClaimRow): Claim => ({
  id: row.id,
  teamId: row.team_id,
  purpose: row.purpose,
  kind: row.kind,
  channelId: row.channel_id,
  userId: row.user_id,
  contactMethodId: row.contact_method_id,
  pushSubscriptionId: row.push_subscription_id,
  groupId: row.group_id,
  destination: row.destination,
  alertIds: row.alert_ids,
  cause: row.cause,
  message: soundMessage(row.message),
  attempt: row.attempts,
  token: Number(row.lease_token),
  priority: row.priority,
  expired: row.expired,
  expiresMs: row.expires_ms,
  claimedMs: row.claimed_ms,
});

/**
 * Takes on rows of the outbox that are due, the most urgent first, each by one process, and opens an attempt
 * for each. A row whose holder has let its lease run out is taken over (reliability F3, F6); messages about
 * one group never overtake each other. Places are walked by their index, each to its first rows, so that a
 * long queue of one costs nothing; what was chosen is found by its ids alone (an array, and a status
 * that is no bare column), whatever PostgreSQL knows of the queue.
 */
export async function claimDue(db: Db, { busy, perChannel, limit, pages }: ClaimOptions): Promise<Claim[]> {
  const rows = await db.execute<ClaimRow>(sql`
    with recursive places as (
      (select destination from notifications where status in ('queued', 'sending') order by destination limit 1)
      union all
      select (select destination from notifications
        where status in ('queued', 'sending') and destination > places.destination
        order by destination limit 1)
      from places where places.destination is not null
    ), cleared as materialized (
      select value::uuid as id from jsonb_array_elements_text(${JSON.stringify(pages)}::text::jsonb)
    ), candidates as (
      select waiting.* from places cross join lateral (
        select id, destination, group_id, purpose, priority, next_attempt_at
        from notifications
        where destination = places.destination and status in ('queued', 'sending')
          and next_attempt_at <= alert_now() and (lease_until is null or lease_until <= alert_now())
          and (purpose <> 'page' or channel_id is not null or status = 'sending'
            or id in (select cleared.id from cleared))
        order by priority, next_attempt_at
        limit case when places.destination like 'channel:%' then ${SCANNED.channel}::int
          else ${SCANNED.address}::int end) waiting
      where places.destination not in (select jsonb_array_elements_text(${JSON.stringify(busy)}::text::jsonb))
    ), ranked as (
      select id, destination, group_id, purpose,
        row_number() over (partition by purpose = 'page' order by priority, next_attempt_at, id) as of_kind,
        row_number() over (partition by destination order by priority, next_attempt_at, id) as place,
        row_number() over (partition by destination, group_id order by priority, next_attempt_at, id) as turn
      from candidates
    ), due as materialized (
      select n.id
      from notifications n
      where n.id = any(array(
          select ranked.id from ranked
          where (ranked.purpose = 'page' or ranked.place <= ${perChannel} and ranked.of_kind <= ${limit})
            and (ranked.group_id is null or ranked.turn = 1 and not exists (
              select 1 from notifications o
              where o.group_id = ranked.group_id and o.destination || '' = ranked.destination and o.id <> ranked.id
                and o.status = 'sending' and o.lease_until > alert_now()))))
        and n.status || '' in ('queued', 'sending') and (n.lease_until is null or n.lease_until <= alert_now())
      order by n.priority, n.next_attempt_at
      for update of n skip locked
    ), claimed as (
      update notifications n
      set status = 'sending', attempts = n.attempts + 1, lease_token = n.lease_token + 1,
        lease_until = alert_now() + make_interval(secs => ${LEASE_SECONDS})
      from due where n.id = due.id
      returning n.*
    ), lost as (
      update notification_attempts a
      set status = 'failed', reason = 'lease_lost', ended_at = alert_now(),
        error = 'Whoever sent it did not say what became of it.'
      from claimed where a.notification_id = claimed.id and a.status = 'sending'
    ), opened as (
      insert into notification_attempts (id, team_id, notification_id, attempt, status, started_at)
      select gen_random_uuid(), team_id, id, attempts, 'sending', alert_now() from claimed
    )
    select id, team_id, purpose, kind, channel_id, user_id, contact_method_id, push_subscription_id, group_id,
      destination, alert_ids, cause, message, attempts, lease_token, priority,
      expires_at <= alert_now() as expired, (extract(epoch from expires_at) * 1000)::float8 as expires_ms,
      (extract(epoch from alert_now()) * 1000)::float8 as claimed_ms
    from claimed
    order by priority, next_attempt_at, id`);
  return rows.map(toClaim);
}

import { sql } from 'drizzle-orm';
import type { Db, Tx } from '#db/client.ts';
import { deviceWords } from '#lib/model/device-words.ts';
import { FALLBACK_OF } from '../enqueue.ts';
import { tellEndsOf } from '../tell-page-ends.ts';
import type { Claim } from './claim-due.ts';

/** What became of one claimed row. */
export interface Outcome {
  claim: Claim;
  status: 'sent' | 'delivered' | 'failed' | 'expired' | 'cancelled' | 'queued';
  /** A word: `refused`, `gone`, `no_answer`, `bundled`, `acknowledged`, ... */
  reason: string;
  error: string | null;
  httpStatus: number | null;
  providerId: string | null;
  /** With `queued`: milliseconds until the next attempt. */
  delayMs: number;
  /** Its channel had failures before, which this success ends. */
  heals?: boolean;
  /** Alerts that the message spoke of in the end, where others went out with it. */
  alertIds?: string[];
}

const asRecords = (outcomes: readonly Outcome[]) =>
  JSON.stringify(
    outcomes.map(({ claim, status, reason, error, httpStatus, providerId, delayMs, alertIds }) => ({
      id: claim.id,
      token: claim.token,
      attempt: claim.attempt,
      status,
      reason,
      error,
      http_status: httpStatus,
      provider_id: providerId,
      delay_ms: delayMs,
      alert_ids: alertIds ?? null,
    })),
  );

/**
 * Ends attempts and their rows; a row whose lease was lost meanwhile is left alone, with its attempt
 * (reliability F6).
 *
 * @returns ids of the rows that were still ours, with the status they have now
 */
async function settle(tx: Tx, outcomes: readonly Outcome[]): Promise<Map<string, string>> {
  const rows = await tx.execute<{ id: string; status: string }>(sql`
    with r as materialized (
      select * from jsonb_to_recordset(${asRecords(outcomes)}::text::jsonb) as r(id uuid, token bigint,
        attempt int, status text, reason text, error text, http_status int, provider_id text, delay_ms float8,
        alert_ids jsonb)
    ), ours as (
      update notifications n
      set status = ended.status, lease_until = null, last_error = r.error,
        next_attempt_at = alert_now() + r.delay_ms * interval '1 millisecond',
        provider_id = coalesce(r.provider_id, n.provider_id), alert_ids = coalesce(r.alert_ids, n.alert_ids),
        finish_reason = case when ended.status = r.status then nullif(r.reason, '') else ended.status end,
        finished_at = case when ended.status = 'queued' then null else alert_now() end
      from r join notifications own on own.id = r.id,
        lateral (select case
          when r.status <> 'queued' then r.status
          when alert_now() + r.delay_ms * interval '1 millisecond' >= own.expires_at then 'expired'
          when exists (select 1 from notifications newer where newer.group_id = own.group_id
            and newer.destination = own.destination and newer.purpose = 'group' and newer.id <> own.id
            and newer.status = 'queued' and newer.created_at >= own.created_at) then 'cancelled'
          else 'queued' end as status) ended
      where n.id = r.id and n.lease_token = r.token and n.lease_until is not null
      returning n.id, n.status
    ), tried as (
      update notification_attempts a
      set status = case when r.status = 'queued' then 'failed' else r.status end, reason = r.reason,
        error = r.error, http_status = r.http_status, provider_id = r.provider_id, ended_at = alert_now()
      from r join ours using (id)
      where a.notification_id = r.id and a.attempt = r.attempt and a.status = 'sending'
    )
    select id, status from ours`);
  return new Map(rows.map(({ id, status }) => [id, status]));
}

const within = (ids: readonly string[]) =>
  sql`(select value::uuid from jsonb_array_elements_text(${JSON.stringify(ids)}::text::jsonb))`;

/** A message that arrived so soon after its tick counts as sent at the tick. */
const AT_THE_TICK = sql`interval '30 seconds'`;

/**
 * Writes what channels were told, now that they were (alerting S47, S48); an older message never replaces a
 * newer one (S30). A message that went to the fallback counts for the channels it stood in for too. What is to be told
 * again since the message was written is not in it: then it counts as told when it was written (S53, S76). So does what
 * arrives soon after its tick, so that repeats keep to the ticks (S35).
 */
async function logGroups(tx: Tx, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await tx.execute(sql`
    insert into notification_log (group_id, channel_id, firing, resolved, reason, sent_at)
    select distinct on (n.group_id, told.channel_id) n.group_id, told.channel_id,
      (select coalesce(jsonb_agg(spoken.id), '[]') from jsonb_array_elements_text(n.alert_ids) as spoken(id)
        where spoken.id not in (select jsonb_array_elements_text(n.message -> 'resolvedIds'))),
      n.message -> 'resolvedIds', n.reason, case
        when later.is_untold or later.is_untold is null and alert_now() - n.created_at <= ${AT_THE_TICK}
        then n.created_at else alert_now() end
    from notifications n
      cross join lateral (
        select bool_or(n.reason <> m.retell ->> 'reason') as is_untold from alert_group_members m
        where m.group_id = n.group_id and m.retell_at > n.created_at
      ) later
      cross join lateral (
        select n.channel_id union select (n.message ->> 'insteadOf')::uuid union
        select f.channel_id from notifications f
        where f.group_id = n.group_id and f.cause || ${FALLBACK_OF} = n.cause and f.status in ('failed', 'expired')
      ) told(channel_id)
      join notification_channels c on c.id = told.channel_id
    where n.id in ${within(ids)} and n.purpose = 'group' and n.group_id is not null
    order by n.group_id, told.channel_id, n.created_at desc
    on conflict (group_id, channel_id) do update set firing = excluded.firing, resolved = excluded.resolved,
      reason = excluded.reason, sent_at = excluded.sent_at
    where notification_log.sent_at <= excluded.sent_at`);
}

/**
 * Of rows that ended unsent those whose receiver may have them all the same: an earlier try ended without a
 * word. They count as told, so that whoever heard of a beginning hears of its end too (reliability F3).
 */
async function maybeTold(tx: Tx, ended: readonly Outcome[]): Promise<string[]> {
  const ids = ended
    .filter(({ claim }) => claim.groupId !== null && claim.message.status === 'firing')
    .map(({ claim }) => claim.id);
  if (ids.length === 0) return [];
  const rows = await tx.execute<{ id: string }>(sql`
    select distinct notification_id as id from notification_attempts
    where notification_id in ${within(ids)} and reason in ('lease_lost', 'no_answer')`);
  return rows.map(({ id }) => id);
}

/** The devices that messages went to, in words, by message. Read while they are there: one that is gone is deleted. */
async function devicesOf(tx: Tx, outcomes: readonly Outcome[]): Promise<Record<string, string>> {
  const ids = outcomes.flatMap(({ claim }) => (claim.pushSubscriptionId === null ? [] : [claim.id]));
  if (ids.length === 0) return {};
  const rows = await tx.execute<{ id: string; user_agent: string | null }>(sql`
    select n.id, d.user_agent from notifications n left join push_subscriptions d on d.id = n.push_subscription_id
    where n.id in ${within(ids)}`);
  return Object.fromEntries(rows.map((row) => [row.id, deviceWords(row.user_agent)]));
}

/**
 * Tells the timelines of the alerts what was sent and what could not be: to whom, by which of their ways and to
 * which device, never with an address.
 */
async function tellTimelines(tx: Tx, outcomes: readonly Outcome[]): Promise<void> {
  const ids = outcomes.filter(({ claim }) => claim.alertIds.length > 0).map(({ claim }) => claim.id);
  if (ids.length === 0) return;
  const devices = JSON.stringify(await devicesOf(tx, outcomes));
  await tx.execute(sql`
    insert into alert_events (id, team_id, alert_id, kind, at, actor_kind, actor_id, actor_name, via, note, details)
    select gen_random_uuid(), n.team_id, na.alert_id,
      case when n.status in ('sent', 'delivered') then 'notified' else 'notification_failed' end,
      alert_now(), 'system', 'notifications', 'Pitwall', n.kind,
      case when n.status in ('sent', 'delivered') then '' else coalesce(n.last_error, n.status) end,
      jsonb_build_object('notificationId', n.id, 'purpose', n.purpose, 'status', n.status, 'reason', n.reason,
        'channelId', n.channel_id, 'channelName', c.name, 'userId', n.user_id,
        'userName', coalesce(nullif(u.name, ''), u.email), 'contactName', m.name,
        'device', ${devices}::text::jsonb ->> n.id::text)
    from notifications n
      join notification_alerts na on na.notification_id = n.id
      left join notification_channels c on c.id = n.channel_id
      left join users u on u.id = n.user_id
      left join contact_methods m on m.id = n.contact_method_id
    where n.id in ${within(ids)}`);
}

/** A channel through which something arrived is well, whatever was before. */
async function healChannels(tx: Tx, outcomes: readonly Outcome[]): Promise<void> {
  const ids = outcomes
    .filter(({ heals }) => heals)
    .map(({ claim }) => claim.channelId)
    .filter((id) => id !== null);
  if (ids.length === 0) return;
  await tx.execute(sql`
    update notification_channels set failures = 0, status = 'ok', status_reason = '', broken_at = null
    where id in ${within([...new Set(ids)])} and (failures > 0 or status = 'broken')`);
}

/** Pages of a policy to a channel: the end of what they spoke of may have come while they were on their way. */
const channelPagesOf = (ended: readonly Outcome[]): string[] =>
  ended
    .filter(
      ({ claim: { purpose, channelId, message } }) =>
        purpose === 'page' && channelId !== null && message.status === 'firing',
    )
    .map(({ claim }) => claim.id);

/** What happens when rows have failed for good, in the same transaction. */
export type OnFailed = (tx: Tx, failed: readonly Outcome[]) => Promise<void>;

/**
 * Writes what became of attempts, all in one transaction.
 *
 * @returns how many rows have failed for good
 */
export async function recordOutcomes(
  db: Db,
  outcomes: readonly Outcome[],
  onFailed: OnFailed,
): Promise<number> {
  return db.transaction(async (tx) => {
    const settled = await settle(tx, outcomes);
    const having = (...statuses: string[]) =>
      outcomes.filter(({ claim }) => statuses.includes(settled.get(claim.id) ?? ''));
    const arrived = having('sent', 'delivered');
    const failed = having('failed', 'expired');
    const told = arrived.filter(({ claim }) => claim.groupId !== null).map(({ claim }) => claim.id);
    const unsure = await maybeTold(tx, [...failed, ...having('cancelled')]);
    await logGroups(tx, [...told, ...unsure]);
    await healChannels(tx, arrived);
    await tellTimelines(tx, [...arrived, ...failed]);
    if (failed.length > 0) await onFailed(tx, failed);
    await tellEndsOf(tx, channelPagesOf([...arrived, ...failed, ...having('cancelled')]));
    return failed.length;
  });
}

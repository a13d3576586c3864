import { sql } from 'drizzle-orm';
import type { Db, Tx } from '#db/client.ts';
import { databaseNow } from '#db/now.ts';
import {
  claimDueGroups,
  type DueGroup,
  type GroupChannel,
  mendGroupTimers,
  readChannels,
  readMembers,
  readTold,
} from './due-groups.ts';
import { enqueueNotifications } from './enqueue.ts';
import { type GroupLook, lookAtGroup } from './look-at-group.ts';

export const GROUP_BATCH = 200;
/** Milliseconds until a group is looked at again whose message was on its way. */
const SOON_MS = 1000;

/**
 * The channels of a route that take messages. A broken or deleted one hands over to the fallback; without one a
 * broken one is tried on, for nothing is ever disabled silently (alerting S92).
 */
function channelsOf(group: DueGroup, known: ReadonlyMap<string, GroupChannel>): GroupChannel[] {
  const own = group.channelIds.flatMap((id) => known.get(id) ?? []);
  const fallback = group.fallbackChannelId === null ? undefined : known.get(group.fallbackChannelId);
  const isCovered = fallback !== undefined && !fallback.isBroken;
  const isWhole = own.length === group.channelIds.length && !own.some(({ isBroken }) => isBroken);
  if (!isCovered || isWhole) return own;
  const working = own.filter(({ id, isBroken }) => !isBroken && id !== fallback.id);
  return [...working, fallback];
}

async function readSights(tx: Tx, groups: readonly DueGroup[]) {
  const groupIds = groups.map(({ id }) => id);
  const members = await readMembers(tx, groupIds);
  const wanted = groups.flatMap(({ channelIds, fallbackChannelId }) => [
    ...channelIds,
    ...(fallbackChannelId === null ? [] : [fallbackChannelId]),
  ]);
  const channels = await readChannels(tx, [...new Set(wanted)]);
  const { told, sending } = await readTold(tx, groupIds);
  return groups.map((group) => ({
    group,
    members: members.get(group.id) ?? [],
    channels: channelsOf(group, channels),
    told: (channelId: string) => told.get(`${group.id} ${channelId}`) ?? null,
    isSending: (channelId: string) => sending.has(`${group.id} ${channelId}`),
  }));
}

type Looked = { group: DueGroup; look: GroupLook; isEmpty: boolean };

async function recordEnds(tx: Tx, looked: readonly Looked[], at: Date): Promise<void> {
  const rows = looked.flatMap(({ group, look }) =>
    look.records.map(({ channelId, resolved }) => ({ group_id: group.id, channel_id: channelId, resolved })),
  );
  if (rows.length === 0) return;
  await tx.execute(sql`
    update notification_log l set firing = '[]'::jsonb, resolved = r.resolved, reason = 'all_resolved',
      sent_at = ${at.toISOString()}::timestamptz
    from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb)
      as r(group_id uuid, channel_id uuid, resolved jsonb)
    where l.group_id = r.group_id and l.channel_id = r.channel_id`);
}

async function letMembersLeave(tx: Tx, looked: readonly Looked[]): Promise<void> {
  const rows = looked.flatMap(({ group, look }) =>
    look.leaving.map((alertId) => ({ group_id: group.id, alert_id: alertId })),
  );
  if (rows.length === 0) return;
  await tx.execute(sql`
    delete from alert_group_members m
    using jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb) as r(group_id uuid, alert_id uuid)
    where m.group_id = r.group_id and m.alert_id = r.alert_id`);
}

/** Arms the next tick before anything is sent; an empty group waits for its next alert (alerting S37). */
async function rearm(tx: Tx, looked: readonly Looked[], at: Date): Promise<void> {
  const rows = looked.map(({ group, look, isEmpty }) => {
    const waitMs = look.lookAgainSoon ? Math.min(SOON_MS, group.groupIntervalMs) : group.groupIntervalMs;
    return {
      id: group.id,
      next_flush_at: isEmpty ? null : new Date(at.getTime() + waitMs),
      flushed_at: isEmpty ? null : at,
    };
  });
  await tx.execute(sql`
    update alert_groups g set next_flush_at = r.next_flush_at, flushed_at = r.flushed_at, flushes = flushes + 1
    from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb)
      as r(id uuid, next_flush_at timestamptz, flushed_at timestamptz)
    where g.id = r.id`);
}

/**
 * Looks at the groups whose tick has come: their messages are enqueued, their timers armed anew and told
 * members let go, in one transaction that holds the groups. Mutes are to be fresh before (alerting S55).
 *
 * @param exceptTeams teams whose mutes are not fresh: their groups wait
 * @returns how many groups were looked at, and how many messages that led to
 */
export async function flushGroups(
  db: Db,
  limit: number = GROUP_BATCH,
  exceptTeams: readonly string[] = [],
): Promise<{ groups: number; messages: number }> {
  return db.transaction(async (tx) => {
    await mendGroupTimers(tx);
    const at = await databaseNow(tx);
    const groups = await claimDueGroups(tx, at, limit, exceptTeams);
    if (groups.length === 0) return { groups: 0, messages: 0 };
    const looked = (await readSights(tx, groups)).map((sight): Looked => {
      const look = lookAtGroup(sight, at);
      const isEmpty = look.leaving.length === sight.members.length;
      return { group: sight.group, look, isEmpty };
    });
    const drafts = looked.flatMap(({ look }) => look.drafts);
    await enqueueNotifications(tx, drafts);
    await recordEnds(tx, looked, at);
    await letMembersLeave(tx, looked);
    await rearm(tx, looked, at);
    return { groups: groups.length, messages: drafts.length };
  });
}

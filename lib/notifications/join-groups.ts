import { sql } from 'drizzle-orm';
import type { Tx } from '#db/client.ts';
import type { AlertState } from '#lib/model/alert-finding.ts';
import { matchedLabels } from '#lib/model/label-matcher.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import { groupKey, groupLabels } from './group-key.ts';
import type { Route } from './match-routes.ts';

/** One alert in one group. */
export interface Membership {
  key: string;
  route: Route;
  alert: AlertState;
}

export function membershipOf(route: Route, alert: AlertState): Membership {
  const labels = groupLabels(matchedLabels(alert), route.groupBy);
  return { key: groupKey(route.id, labels), route, alert };
}

interface GroupWish {
  id: string;
  route_id: string;
  group_key: string;
  labels: unknown;
  wait_until: Date;
}

/** One wish a group: to be looked at when its wait is over, or now if an alert waited that long already (alerting S31, S32). */
function wishesOf(memberships: readonly Membership[], at: Date): GroupWish[] {
  const wishes = new Map<string, GroupWish>();
  for (const { key, route, alert } of memberships) {
    const isOld = alert.startsAt.getTime() + route.groupWaitMs <= at.getTime();
    const known = wishes.get(key);
    if (known && !isOld) continue;
    const wait_until = new Date(at.getTime() + (isOld ? 0 : route.groupWaitMs));
    const labels = groupLabels(matchedLabels(alert), route.groupBy);
    wishes.set(key, { id: uuidv7(), route_id: route.id, group_key: key, labels, wait_until });
  }
  return [...wishes.values()].sort((a, b) => (a.group_key < b.group_key ? -1 : 1));
}

/**
 * Puts alerts into their groups. A group that has been looked at since it was empty keeps its tick (alerting S34);
 * groups are locked in the order of their keys.
 */
export async function joinGroups(
  tx: Tx,
  teamId: string,
  memberships: readonly Membership[],
  at: Date,
): Promise<void> {
  if (memberships.length === 0) return;
  const groups = await tx.execute<{ id: string; group_key: string }>(sql`
    insert into alert_groups as g (id, team_id, route_id, group_key, labels, next_flush_at)
    select w.id, ${teamId}::uuid, w.route_id, w.group_key, w.labels, w.wait_until
    from jsonb_to_recordset(${JSON.stringify(wishesOf(memberships, at))}::text::jsonb)
      as w(id uuid, route_id uuid, group_key text, labels jsonb, wait_until timestamptz)
    on conflict (team_id, group_key) do update set next_flush_at = case
      when g.flushed_at is not null and g.next_flush_at is not null then g.next_flush_at
      else least(g.next_flush_at, excluded.next_flush_at) end
    returning id, group_key`);
  const ids = new Map(groups.map(({ id, group_key }) => [group_key, id]));
  const rows = memberships.map(({ key, alert }) => ({ group_id: ids.get(key), alert_id: alert.id }));
  await tx.execute(sql`
    insert into alert_group_members (group_id, alert_id, added_at)
    select m.group_id, m.alert_id, ${at.toISOString()}::timestamptz
    from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb) as m(group_id uuid, alert_id uuid)
    on conflict do nothing`);
}

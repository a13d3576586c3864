import { sql } from 'drizzle-orm';
import type { Db } from '#db/client.ts';
import type { Claim } from './claim-due.ts';

/** What stands in the database about the targets and alerts of claimed rows, read just before they are sent. */
export interface DeliveryFacts {
  channels: Map<string, { settings: Record<string, unknown>; sealed: string | null; isFailing: boolean }>;
  contacts: Map<string, { kind: string; address: string; sealed: string | null }>;
  devices: Map<string, { ownerId: string; endpoint: string; p256dh: string; auth: string }>;
  /** By notification: the mail address of its person, while that one may be told. */
  people: Map<string, string>;
  groups: Map<string, { key: string; intervalMs: number }>;
  /** By notification: how many of its alerts there are, and how many still want somebody. */
  alerts: Map<string, AlertTally>;
}

export interface AlertTally {
  known: number;
  active: number;
  acknowledged: number;
  snoozed: number;
  suppressed: number;
}

const idsOf = (claims: readonly Claim[], pick: (claim: Claim) => string | null) => [
  ...new Set(claims.map(pick).filter((id) => id !== null)),
];
const within = (ids: readonly string[]) =>
  sql`(select value::uuid from jsonb_array_elements_text(${JSON.stringify(ids)}::text::jsonb))`;

/** Rows by their id; no statement where there are no ids. */
async function byId<T extends Record<string, unknown>>(
  ids: readonly string[],
  query: (ids: ReturnType<typeof within>) => PromiseLike<Iterable<T & { id: string }>>,
): Promise<Map<string, T>> {
  if (ids.length === 0) return new Map();
  return new Map([...(await query(within(ids)))].map((row) => [row.id, row]));
}

type ChannelRow = {
  id: string;
  settings: Record<string, unknown>;
  sealed: string | null;
  isFailing: boolean;
};
type ContactRow = { id: string; kind: string; address: string; sealed: string | null };
type DeviceRow = { id: string; ownerId: string; endpoint: string; p256dh: string; auth: string };
type PersonRow = { id: string; email: string };
type GroupRow = { id: string; key: string; intervalMs: number };
type TallyRow = { id: string } & Record<keyof AlertTally, number>;

const channelRows = (db: Db) => (ids: ReturnType<typeof within>) =>
  db.execute<ChannelRow>(sql`
    select id, settings, sealed_settings as sealed, failures > 0 or status = 'broken' as "isFailing"
    from notification_channels where deleted_at is null and id in ${ids}`);

const tallyRows = (db: Db) => (ids: ReturnType<typeof within>) =>
  db.execute<TallyRow>(sql`
    select na.notification_id as id, count(*)::int as known,
      (count(*) filter (where a.status = 'active' and not snoozed and not suppressed))::int as active,
      (count(*) filter (where a.status = 'acknowledged'))::int as acknowledged,
      (count(*) filter (where a.status = 'active' and snoozed))::int as snoozed,
      (count(*) filter (where a.status = 'active' and suppressed))::int as suppressed
    from notification_alerts na join alerts a on a.id = na.alert_id
      cross join lateral (select coalesce(a.snoozed_until > alert_now(), false) as snoozed,
        a.suppressed_by <> '[]'::jsonb as suppressed) state
    where na.notification_id in ${ids}
    group by na.notification_id`);

/** Only people who are active and belong to the team of the message, or to all (security Z13). */
const personRows = (db: Db) => (ids: ReturnType<typeof within>) =>
  db.execute<PersonRow>(sql`
    select n.id, u.email from notifications n join users u on u.id = n.user_id
    where n.id in ${ids} and u.status = 'active'
      and (u.global_role is not null or u.group_global_role is not null
        or exists (select 1 from memberships m where m.user_id = u.id and m.team_id = n.team_id))`);

/** Reads everything that claimed rows need, in a few statements however many there are. */
export async function readFacts(db: Db, claims: readonly Claim[]): Promise<DeliveryFacts> {
  const [channels, contacts, devices, persons, groups, alerts] = await Promise.all([
    byId<ChannelRow>(
      idsOf(claims, ({ channelId }) => channelId),
      channelRows(db),
    ),
    byId<ContactRow>(
      idsOf(claims, ({ contactMethodId }) => contactMethodId),
      (ids) =>
        db.execute<ContactRow>(
          sql`select id, kind, address, sealed_settings as sealed from contact_methods where id in ${ids}`,
        ),
    ),
    byId<DeviceRow>(
      idsOf(claims, ({ pushSubscriptionId }) => pushSubscriptionId),
      (ids) =>
        db.execute<DeviceRow>(
          sql`select id, user_id as "ownerId", endpoint, p256dh, auth from push_subscriptions where id in ${ids}`,
        ),
    ),
    byId<PersonRow>(
      idsOf(claims, ({ id, userId }) => (userId === null ? null : id)),
      personRows(db),
    ),
    byId<GroupRow>(
      idsOf(claims, ({ groupId }) => groupId),
      (ids) =>
        db.execute<GroupRow>(sql`
          select g.id, g.group_key as key, r.group_interval_ms as "intervalMs"
          from alert_groups g join alert_routes r on r.id = g.route_id where g.id in ${ids}`),
    ),
    byId<TallyRow>(
      claims.filter(({ alertIds }) => alertIds.length > 0).map(({ id }) => id),
      tallyRows(db),
    ),
  ]);
  const people = new Map([...persons].map(([id, { email }]) => [id, email]));
  return { channels, contacts, devices, people, groups, alerts };
}

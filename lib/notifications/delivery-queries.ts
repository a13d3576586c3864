import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Reader } from '#db/client.ts';
import { defineQuery } from '#lib/command/define-query.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { NOTIFICATION_STATUSES } from '#lib/model/alert.ts';
import { deviceWords } from '#lib/model/device-words.ts';
import type { DeliveryRow, DeliveryView } from '#lib/model/notification-view.ts';

const PAGE = 50;

interface Row extends Record<string, unknown> {
  id: string;
  purpose: DeliveryRow['purpose'];
  kind: DeliveryRow['kind'];
  to: string;
  contact: string | null;
  device: string | null;
  route: string | null;
  channelId: string | null;
  userId: string | null;
  title: string;
  severity: DeliveryRow['severity'];
  reason: string;
  status: DeliveryRow['status'];
  finishReason: string | null;
  attempts: number;
  lastError: string | null;
  createdAt: number;
  nextAttemptAt: number | null;
  finishedAt: number | null;
}

const ms = (column: SQL) => sql`(extract(epoch from ${column}) * 1000)::float8`;
const columns = sql`
  n.id, n.purpose, n.kind, coalesce(c.name, nullif(u.name, ''), u.email, '') as "to", m.name as contact,
  case when n.destination like 'device:%' then coalesce(d.user_agent, '') end as device, r.name as route, n.channel_id as "channelId",
  n.user_id as "userId", n.message ->> 'title' as title, n.message ->> 'severity' as severity, n.reason, n.status,
  n.finish_reason as "finishReason", n.attempts, n.last_error as "lastError", ${ms(sql`n.created_at`)} as "createdAt",
  case when n.status = 'queued' then ${ms(sql`n.next_attempt_at`)} end as "nextAttemptAt",
  ${ms(sql`n.finished_at`)} as "finishedAt"`;
const joined = sql`
  notifications n left join notification_channels c on c.id = n.channel_id left join users u on u.id = n.user_id
  left join contact_methods m on m.id = n.contact_method_id left join push_subscriptions d on d.id = n.push_subscription_id
  left join alert_groups g on g.id = n.group_id left join alert_routes r on r.id = g.route_id`;

/** Says which device it was, without its whole user agent. */
function withDeviceWords<R extends Pick<Row, 'device'>>(row: R): R {
  return { ...row, device: row.device === null ? null : deviceWords(row.device) };
}

/** What follows a message in the log. @throws AppError `invalid` for an id that is none of its messages */
async function below(db: Reader, teamId: string, cursor: string): Promise<SQL> {
  const [row] = await db.execute<{ at: string }>(sql`
    select created_at::text as at from notifications where id = ${cursor} and team_id = ${teamId}`);
  if (row) return sql`(n.created_at, n.id) < (${row.at}::timestamptz, ${cursor}::uuid)`;
  const issues = [{ path: 'cursor', message: 'This cursor does not belong to this list.' }];
  throw new AppError('invalid', 'Some values are not valid.', { issues });
}

/** The delivery log of the team, newest first: of all, of one channel or of one alert. */
export const listDeliveries = defineQuery({
  name: 'notifications.list',
  permission: 'notifications:read',
  input: z.strictObject({
    channelId: z.uuid().optional(),
    alertId: z.uuid().optional(),
    status: z.enum(NOTIFICATION_STATUSES).optional(),
    cursor: z.uuid().optional().describe('`nextCursor` of the page before'),
  }),
  run: async ({ actor, db, input }): Promise<{ items: DeliveryRow[]; nextCursor: string | null }> => {
    const { channelId, alertId, status, cursor } = input;
    const filters = [
      sql`n.team_id = ${actor.teamId}`,
      ...(channelId ? [sql`n.channel_id = ${channelId}`] : []),
      ...(status ? [sql`n.status = ${status}`] : []),
      ...(alertId
        ? [sql`n.id in (select notification_id from notification_alerts where alert_id = ${alertId})`]
        : []),
      ...(cursor ? [await below(db, actor.teamId, cursor)] : []),
    ];
    const rows = await db.execute<Row>(sql`
      select ${columns} from ${joined} where ${sql.join(filters, sql` and `)}
      order by n.created_at desc, n.id desc limit ${PAGE + 1}`);
    const items = rows.slice(0, PAGE).map(withDeviceWords);
    return { items, nextCursor: rows.length > PAGE ? (items.at(-1)?.id ?? null) : null };
  },
});

/** One message with every try to send it. */
export const getDelivery = defineQuery({
  name: 'notifications.get',
  permission: 'notifications:read',
  input: z.strictObject({ id: z.uuid() }),
  run: async ({ actor, db, input: { id } }): Promise<DeliveryView> => {
    const [row] = await db.execute<
      Row & { text: string; alertIds: string[]; expiresAt: number; tries: DeliveryView['tries'] }
    >(sql`
      select ${columns}, n.message ->> 'text' as text, n.alert_ids as "alertIds",
        ${ms(sql`n.expires_at`)} as "expiresAt",
        (select coalesce(jsonb_agg(jsonb_build_object('attempt', a.attempt, 'status', a.status,
            'reason', a.reason, 'httpStatus', a.http_status, 'error', a.error, 'providerId', a.provider_id,
            'startedAt', ${ms(sql`a.started_at`)}, 'endedAt', ${ms(sql`a.ended_at`)}) order by a.attempt), '[]')
          from notification_attempts a where a.notification_id = n.id) as tries
      from ${joined} where n.id = ${id} and n.team_id = ${actor.teamId}`);
    if (!row) throw new AppError('not_found', 'There is no such message.');
    return withDeviceWords(row);
  },
});

import { sql } from 'drizzle-orm';
import type { NotificationMessage } from '#lib/model/notification.ts';
import type { World } from './world.ts';

/** Sets the clock of alerting in a world; without a moment it runs by itself again. */
export async function travelTo({ ownerSql }: Pick<World, 'ownerSql'>, at: Date | null): Promise<void> {
  const now = at === null ? 'now()' : `timestamptz '${at.toISOString()}'`;
  await ownerSql.unsafe(
    `create or replace function alert_now() returns timestamptz language sql stable as $$ select ${now} $$`,
  );
}

export interface Delivered {
  channelId: string;
  groupId: string;
  reason: string;
  message: NotificationMessage;
}

/** Takes the group messages out of the outbox of a team as a receiver that answers 200 would get them, log included. */
export async function deliverGroups({ db }: Pick<World, 'db'>, teamId: string): Promise<Delivered[]> {
  const rows = await db.execute<{
    channel_id: string;
    group_id: string;
    reason: string;
    message: NotificationMessage;
    alert_ids: string[];
  }>(sql`
    update notifications set status = 'sent', finished_at = alert_now()
    where team_id = ${teamId}::uuid and purpose = 'group' and status = 'queued'
    returning channel_id, group_id, reason, message, alert_ids`);
  for (const row of rows) {
    const { resolvedIds } = row.message;
    const firing = row.alert_ids.filter((id) => !resolvedIds.includes(id));
    await db.execute(sql`
      insert into notification_log (group_id, channel_id, firing, resolved, reason, sent_at)
      values (${row.group_id}::uuid, ${row.channel_id}::uuid, ${JSON.stringify(firing)}::text::jsonb,
        ${JSON.stringify(resolvedIds)}::text::jsonb, ${row.reason}, alert_now())
      on conflict (group_id, channel_id) do update set firing = excluded.firing, resolved = excluded.resolved,
        reason = excluded.reason, sent_at = excluded.sent_at`);
  }
  return rows.map(({ channel_id, group_id, reason, message }) => ({
    channelId: channel_id,
    groupId: group_id,
    reason,
    message,
  }));
}

/** Resolves when something waits for a lock of somebody else, or `work` is over. */
export async function untilBlocked(
  { ownerSql }: Pick<World, 'ownerSql'>,
  work: Promise<unknown>,
): Promise<void> {
  let over = false;
  const finished = work.finally(() => {
    over = true;
  });
  finished.catch(() => undefined);
  const waiting = () =>
    ownerSql`
      select from pg_stat_activity where datname = current_database() and cardinality(pg_blocking_pids(pid)) > 0`;
  while (!over && (await waiting()).length === 0) await ownerSql`select pg_sleep(0.02)`;
}

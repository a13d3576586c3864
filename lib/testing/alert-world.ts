import { sql } from 'drizzle-orm';
import type { NotificationMessage } from '#lib/model/notification.ts';
import { sealSettings } from '#lib/notifications/resolve-target.ts';
import { createSecretBox } from '#lib/secrets/secret-box.ts';
import { makeDeliverer, testSecret } from './delivery.ts';
import { makeChannel } from './notifications.ts';
import { startReceiver } from './receiver.ts';
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

/**
 * A receiver that channels of a world point at, with the sender of the product before it: what is said to be delivered
 * is what came in there, and the log of what was told is the sender's.
 */
export async function startGroupReceiver(world: World) {
  const receiver = await startReceiver();
  const deliverer = makeDeliverer(world);
  const sealer = createSecretBox(testSecret);
  return {
    receiver,
    /** A channel of a team that points here. */
    channel: (teamId: string, values: Parameters<typeof makeChannel>[2] = {}) =>
      makeChannel(world, teamId, {
        sealedSettings: sealSettings(sealer, { url: receiver.url }, { signingSecret: 'whsec_c2VjcmV0' }),
        ...values,
      }),
    /** Sends what is due, and says what of it came in, in its order. */
    async deliver(teamId: string): Promise<Delivered[]> {
      const before = receiver.received.length;
      await deliverer.run();
      const ids = receiver.received.slice(before).map(({ headers }) => String(headers['webhook-id']));
      const rows = await world.db.execute<{
        id: string;
        channel_id: string;
        group_id: string;
        reason: string;
        message: NotificationMessage;
      }>(sql`
        select id, channel_id, group_id, reason, message from notifications
        where team_id = ${teamId}::uuid and purpose = 'group' and status = 'delivered'`);
      const byId = new Map(rows.map((row) => [row.id, row]));
      return ids.flatMap((id) => {
        const row = byId.get(id);
        if (!row) return [];
        return { channelId: row.channel_id, groupId: row.group_id, reason: row.reason, message: row.message };
      });
    },
    async close() {
      await deliverer.idle();
      await deliverer.close();
      await receiver.close();
    },
  };
}
export type GroupReceiver = Awaited<ReturnType<typeof startGroupReceiver>>;

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

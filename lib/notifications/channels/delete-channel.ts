import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Tx } from '#db/client.ts';
import { notificationChannels } from '#db/schema/notifications.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { noSuchChannel, ownChannel } from './channel-rows.ts';

/** The name of a route or an escalation policy that leads to a channel: alerts would reach nobody by it. */
async function leadingTo(tx: Tx, teamId: string, id: string): Promise<string | null> {
  const step = JSON.stringify([{ targets: [{ kind: 'channel', id }] }]);
  const [user] = await tx.execute<{ words: string }>(sql`
    select 'route ' || name as words from alert_routes
    where team_id = ${teamId} and (channel_ids ? ${id} or fallback_channel_id = ${id})
    union all
    select 'escalation policy ' || name from escalation_policies
    where team_id = ${teamId} and deleted_at is null and steps @> ${step}::text::jsonb
    limit 1`);
  return user?.words ?? null;
}

/**
 * Takes a channel out of use with its secrets; its delivery log stays.
 *
 * @throws AppError `conflict` while a route or a policy leads to it, `not_found`
 */
export const deleteChannel = defineCommand({
  name: 'notification-channels.delete',
  permission: 'notification-channels:manage',
  input: z.strictObject({ id: z.uuid() }),
  audit: { action: 'notification-channel.delete', target: 'notification-channel' },
  async run({ input: { id }, actor, tx, now }) {
    const [row] = await tx
      .select({ name: notificationChannels.name, kind: notificationChannels.kind })
      .from(notificationChannels)
      .where(ownChannel(actor.teamId, id))
      .for('update');
    if (!row) throw noSuchChannel();
    const user = await leadingTo(tx, actor.teamId, id);
    if (user !== null) throw new AppError('conflict', `The ${user} leads to ${row.name}.`);
    await tx
      .update(notificationChannels)
      .set({ deletedAt: now, updatedAt: now, sealedSettings: null })
      .where(ownChannel(actor.teamId, id));
    return { result: { id }, targetId: id, before: row };
  },
});

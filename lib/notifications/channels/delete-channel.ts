import { z } from 'zod';
import { notificationChannels } from '#db/schema/notifications.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { noSuchChannel, ownChannel } from './channel-rows.ts';

/** Takes a channel out of use with its secrets; its delivery log stays. */
export const deleteChannel = defineCommand({
  name: 'notification-channels.delete',
  permission: 'notification-channels:manage',
  input: z.strictObject({ id: z.uuid() }),
  audit: { action: 'notification-channel.delete', target: 'notification-channel' },
  async run({ input: { id }, actor, tx, now }) {
    const [row] = await tx
      .update(notificationChannels)
      .set({ deletedAt: now, updatedAt: now, sealedSettings: null })
      .where(ownChannel(actor.teamId, id))
      .returning({ name: notificationChannels.name, kind: notificationChannels.kind });
    if (!row) throw noSuchChannel();
    return { result: { id }, targetId: id, before: row };
  },
});

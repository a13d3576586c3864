import { z } from 'zod';
import { notificationChannels } from '#db/schema/notifications.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { paths } from '#lib/model/paths.ts';
import { sendTest } from '../test-message.ts';
import { noSuchChannel, ownChannel } from './channel-rows.ts';

/** Sends a try through a channel; read the delivery of the answered id for what became of it. */
export const testChannel = defineCommand({
  name: 'notification-channels.test',
  permission: 'notification-channels:test',
  input: z.strictObject({ id: z.uuid() }),
  audit: { action: 'notification-channel.test', target: 'notification-channel' },
  async run({ input: { id }, actor, tx }) {
    const [row] = await tx
      .select({ kind: notificationChannels.kind })
      .from(notificationChannels)
      .where(ownChannel(actor.teamId, id));
    if (!row) throw noSuchChannel();
    const { teamId } = actor;
    const deliveryId = await sendTest(
      tx,
      { teamId, kind: row.kind, channelId: id },
      paths.notificationChannel(id),
    );
    return { result: { deliveryId }, targetId: id };
  },
});

import { sql } from 'drizzle-orm';
import { notificationChannels } from '#db/schema/notifications.ts';
import type { CommandDeps } from '#lib/command/context.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { openSealed, sealSettings } from '../resolve-target.ts';
import { updateChannelInput } from './channel-input.ts';
import { noSuchChannel, ownChannel, type ShownSettings, shownTarget } from './channel-rows.ts';
import { nameTaken } from './create-channel.ts';
import { readSettings } from './read-settings.ts';

type Row = typeof notificationChannels.$inferSelect;

/** New settings take the keys of the old with them: who signs does not change with where it goes. */
function resealed(
  { sealer, outbound }: CommandDeps,
  row: Row,
  settings: Record<string, unknown> | undefined,
) {
  if (settings === undefined) return {};
  const read = readSettings(row.kind, settings, outbound);
  const keys = row.sealedSettings === null ? undefined : openSealed(sealer, row.sealedSettings).keys;
  const shown: ShownSettings = {
    ...(row.settings as ShownSettings),
    target: shownTarget(read.kind, read.settings),
  };
  return { settings: shown, sealedSettings: sealSettings(sealer, read.settings, keys), failures: 0 };
}

/**
 * Changes what is given of a channel.
 *
 * @throws AppError `not_found`, `conflict` when the name is taken, `invalid`
 */
export const updateChannel = defineCommand({
  name: 'notification-channels.update',
  permission: 'notification-channels:manage',
  input: updateChannelInput,
  audit: { action: 'notification-channel.update', target: 'notification-channel' },
  async run({ input, actor, tx, now, deps }) {
    const own = ownChannel(actor.teamId, input.id);
    const [row] = await tx.select().from(notificationChannels).where(own).for('update');
    if (!row) throw noSuchChannel();
    const name = input.name ?? row.name;
    const sendResolved = input.sendResolved ?? row.sendResolved;
    const [taken] = await tx.execute(sql`
      select 1 from notification_channels
      where team_id = ${actor.teamId} and name = ${name} and id <> ${input.id} and deleted_at is null`);
    if (taken) throw nameTaken();
    await tx
      .update(notificationChannels)
      .set({ name, sendResolved, ...resealed(deps, row, input.settings), updatedAt: now })
      .where(own);
    return {
      result: { id: input.id },
      targetId: input.id,
      before: { name: row.name, sendResolved: row.sendResolved, target: String(row.settings.target) },
      after: { name, sendResolved, newSettings: input.settings !== undefined },
    };
  },
});

import { z } from 'zod';
import { notificationChannels } from '#db/schema/notifications.ts';
import { requireRecentSignIn } from '#lib/access/require.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { openSealed, sealSettings } from '../resolve-target.ts';
import { noSuchChannel, ownChannel, type ShownSettings } from './channel-rows.ts';
import { makeSigningSecret } from './create-channel.ts';

/** How long the former key signs beside the new one. */
const OVERLAP_MS = 24 * 3_600_000;

/**
 * Gives a webhook a new signing key, shown this once. For a day messages carry the signatures of both, so
 * that the receiver can change over without losing one (security O7).
 */
export const rotateSigningSecret = defineCommand({
  name: 'notification-channels.rotate-signing-secret',
  permission: 'notification-channels:manage',
  input: z.strictObject({ id: z.uuid() }),
  audit: { action: 'notification-channel.rotate-signing-secret', target: 'notification-channel' },
  async run({ input: { id }, actor, tx, now, deps }) {
    requireRecentSignIn(actor, now);
    const own = ownChannel(actor.teamId, id);
    const [row] = await tx.select().from(notificationChannels).where(own).for('update');
    if (!row) throw noSuchChannel();
    if (row.kind !== 'webhook' || row.sealedSettings === null)
      throw new AppError('invalid', 'Only webhooks are signed.');
    const { settings, keys } = openSealed(deps.sealer, row.sealedSettings);
    const signingSecret = makeSigningSecret();
    const formerUntilMs = now.getTime() + OVERLAP_MS;
    const sealed = sealSettings(deps.sealer, settings, {
      signingSecret,
      ...(keys && { formerSecret: keys.signingSecret, formerUntilMs }),
    });
    const shown: ShownSettings = { ...(row.settings as ShownSettings), formerUntilMs };
    await tx
      .update(notificationChannels)
      .set({ sealedSettings: sealed, settings: shown, updatedAt: now })
      .where(own);
    return { result: { id, signingSecret, formerUntil: formerUntilMs }, targetId: id };
  },
});

import { randomBytes } from 'node:crypto';
import { notificationChannels } from '#db/schema/notifications.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import { sealSettings } from '../resolve-target.ts';
import { createChannelInput } from './channel-input.ts';
import { type ShownSettings, shownTarget } from './channel-rows.ts';
import { readSettings } from './read-settings.ts';

/** A signing key as Standard Webhooks writes it: `whsec_` and 32 random bytes in base64. */
export const makeSigningSecret = (): string => `whsec_${randomBytes(32).toString('base64')}`;

export const nameTaken = () =>
  new AppError('conflict', 'There is a channel of this name.', {
    issues: [{ path: 'name', message: 'Is taken.' }],
  });

/**
 * Makes a channel. A webhook gets a signing key, which is shown this once.
 *
 * @throws AppError `conflict` when its name is taken, `invalid` for settings that are not those of its kind
 */
export const createChannel = defineCommand({
  name: 'notification-channels.create',
  permission: 'notification-channels:manage',
  input: createChannelInput,
  audit: { action: 'notification-channel.create', target: 'notification-channel' },
  async run({ input, actor, tx, now, deps }) {
    const { kind, settings } = readSettings(input.kind, input.settings, deps.outbound);
    const signingSecret = kind === 'webhook' ? makeSigningSecret() : null;
    const shown: ShownSettings = { target: shownTarget(kind, settings) };
    const id = uuidv7();
    const [row] = await tx
      .insert(notificationChannels)
      .values({
        id,
        teamId: actor.teamId,
        kind,
        name: input.name,
        settings: shown,
        sealedSettings: sealSettings(deps.sealer, settings, signingSecret ? { signingSecret } : undefined),
        sendResolved: input.sendResolved,
        createdBy: actor.kind === 'user' ? actor.userId : null,
        createdAt: now,
      })
      .onConflictDoNothing()
      .returning({ id: notificationChannels.id });
    if (!row) throw nameTaken();
    const after = { name: input.name, kind, sendResolved: input.sendResolved };
    return { result: { id, signingSecret }, targetId: id, after };
  },
});

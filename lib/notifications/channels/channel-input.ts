import { z } from 'zod';
import { channelSettings } from '#lib/model/notification-channel.ts';

const shared = {
  name: z.string().trim().min(1, 'Give it a name.').max(100),
  sendResolved: z.boolean().default(true),
};

/** A channel as it is typed: its kind decides what its settings are. */
export const channelInput = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('email'), settings: channelSettings.email }),
  z.strictObject({ kind: z.literal('slack'), settings: channelSettings.slack }),
  z.strictObject({ kind: z.literal('teams'), settings: channelSettings.teams }),
  z.strictObject({ kind: z.literal('pagerduty'), settings: channelSettings.pagerduty }),
  z.strictObject({ kind: z.literal('webhook'), settings: channelSettings.webhook }),
]);
export type ChannelInput = z.output<typeof channelInput>;

/** As the API takes it; what its settings must be is checked by `channelInput`. */
export const createChannelInput = z.strictObject({
  ...shared,
  kind: z.enum(['email', 'slack', 'teams', 'pagerduty', 'webhook']),
  settings: z.record(z.string(), z.unknown()).describe('Fields by kind; see docs/notifications.md'),
});

/** Settings are replaced whole or left as they are: nobody can see what to change of them. */
export const updateChannelInput = z.strictObject({
  id: z.uuid(),
  name: shared.name.optional(),
  sendResolved: z.boolean().optional(),
  settings: z.record(z.string(), z.unknown()).optional(),
});

import { z } from 'zod';
import type { ChannelKind } from './alert.ts';

/**
 * The places of a team that messages go to: what their forms ask for, and what may be shown of them
 * afterwards. Addresses with a secret in them are sealed before they are stored and never shown again
 * (security O8).
 */

/** Kinds that a team sets up; `push` reaches people only. */
export const TEAM_CHANNEL_KINDS = ['email', 'slack', 'teams', 'pagerduty', 'webhook'] as const;
export type TeamChannelKind = (typeof TEAM_CHANNEL_KINDS)[number];

const address = z.url({ protocol: /^https?$/, error: 'Give a web address.' }).max(2000);
/** One mail address: no display names, lists or line breaks (security O9). */
export const mailAddress = z.email({ error: 'Give a mail address.' }).max(254);

/** Fields of a webhook that gateways for SMS and voice need; see docs/notifications.md. */
export const webhookTemplate = z.strictObject({
  contentType: z.enum(['application/json', 'application/x-www-form-urlencoded', 'text/plain']),
  body: z.string().min(1).max(10_000),
});
export type WebhookTemplate = z.infer<typeof webhookTemplate>;

const headers = z
  .record(z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/), z.string().max(4000))
  .refine((given) => Object.keys(given).length <= 20, 'At most 20 headers.');

/** What is typed for a channel of each kind. */
export const channelSettings = {
  email: z.strictObject({ recipients: z.array(mailAddress).min(1).max(50) }),
  slack: z.strictObject({ url: address }),
  teams: z.strictObject({ url: address }),
  pagerduty: z.strictObject({
    routingKey: z.string().regex(/^[A-Za-z0-9]{32}$/, 'An integration key has 32 letters and digits.'),
    /** Address of the Events API; default the one of the US region. */
    endpoint: address.optional(),
  }),
  webhook: z.strictObject({
    url: address,
    headers: headers.optional(),
    template: webhookTemplate.optional(),
  }),
} satisfies Record<TeamChannelKind, z.ZodType>;

/** Where a message goes, secrets open: what an adapter is given. */
export interface NotifierTargets {
  email: { recipients: string[] };
  slack: { url: string };
  teams: { url: string };
  pagerduty: { routingKey: string; endpoint?: string };
  webhook: {
    url: string;
    headers?: Record<string, string>;
    template?: WebhookTemplate;
    /** Signing keys, `whsec_...`: the current one and, while it is rotated, the former. */
    signingSecrets: string[];
  };
  push: { endpoint: string; p256dh: string; auth: string; personId: string };
}
export type NotifierTarget = { [K in ChannelKind]: { kind: K } & NotifierTargets[K] }[ChannelKind];

export const channelViewSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  kind: z.enum(TEAM_CHANNEL_KINDS),
  /** What may be seen of where it goes: `hooks.slack.com/…`, recipients. */
  target: z.string(),
  sendResolved: z.boolean(),
  status: z.enum(['ok', 'broken']),
  statusReason: z.string(),
  brokenAt: z.number().nullable(),
  createdAt: z.number(),
  /** When something last arrived through it; null: never. */
  lastSentAt: z.number().nullable(),
  /** For a webhook: that the former signing key still counts, and until when. */
  formerSecretUntil: z.number().nullable(),
});
export type ChannelView = z.infer<typeof channelViewSchema>;

import { z } from 'zod';
import { CHANNEL_KINDS, NOTIFICATION_STATUSES, SEVERITIES } from './alert.ts';
import { NOTIFICATION_PURPOSES } from './notification.ts';

/** The delivery log as people and the API see it. Times are Unix milliseconds. */
export const deliveryRowSchema = z.object({
  id: z.uuid(),
  purpose: z.enum(NOTIFICATION_PURPOSES),
  kind: z.enum(CHANNEL_KINDS),
  /** The channel's name, or the person's. */
  to: z.string(),
  /** The way to the person by its name, where there is one of its own. */
  contact: z.string().nullable(),
  /** The person's device, as "Firefox on Android"; a message to somebody's devices is one row a device. */
  device: z.string().nullable(),
  /** The route by which a channel was told of a group. */
  route: z.string().nullable(),
  channelId: z.uuid().nullable(),
  userId: z.uuid().nullable(),
  title: z.string(),
  severity: z.enum(SEVERITIES),
  /** Why it was caused: `first`, `page`, `repeat`, ... */
  reason: z.string(),
  status: z.enum(NOTIFICATION_STATUSES),
  /** Why it ended as it did: `acknowledged`, `superseded`, `refused`, ... */
  finishReason: z.string().nullable(),
  attempts: z.int(),
  lastError: z.string().nullable(),
  createdAt: z.number(),
  nextAttemptAt: z.number().nullable().describe('Set while it waits'),
  finishedAt: z.number().nullable(),
});
export type DeliveryRow = z.infer<typeof deliveryRowSchema>;

export const deliverySchema = deliveryRowSchema.extend({
  text: z.string(),
  alertIds: z.array(z.uuid()),
  expiresAt: z.number(),
  tries: z.array(
    z.object({
      attempt: z.int(),
      status: z.string(),
      reason: z.string(),
      httpStatus: z.int().nullable(),
      error: z.string().nullable(),
      providerId: z.string().nullable(),
      startedAt: z.number(),
      endedAt: z.number().nullable(),
    }),
  ),
});
export type DeliveryView = z.infer<typeof deliverySchema>;

export const deviceSchema = z.object({
  id: z.uuid(),
  userAgent: z.string(),
  /** The push service it hangs on. */
  service: z.string(),
  createdAt: z.number(),
  lastSeenAt: z.number(),
});
export type DeviceView = z.infer<typeof deviceSchema>;

import { z } from 'zod';
import { labelMatcherSchema } from './label-matcher.ts';

/** Where alerts go: routes in order, the first that matches takes an alert. Times are in seconds. */

const HOUR = 3600;
/** The log of what was told is kept this long: a repeat must come before (alerting S36). */
const LONGEST_REPEAT = 120 * HOUR;

const routeFields = z.strictObject({
  name: z.string().trim().min(1).max(120),
  position: z
    .int()
    .min(0)
    .max(999_999)
    .default(0)
    .describe('Smaller is asked first; the route that takes everything else stands last'),
  matchers: z.array(labelMatcherSchema).max(50).default([]),
  continues: z.boolean().default(false).describe('Whether later routes are asked too'),
  groupBy: z
    .array(z.string().min(1).max(200))
    .max(20)
    .default(['alertname', 'agent'])
    .describe('Labels that a group shares; `...`: every alert stands alone'),
  groupWaitSeconds: z.number().min(0).max(HOUR).default(30),
  groupIntervalSeconds: z
    .number()
    .min(1)
    .max(24 * HOUR)
    .default(300),
  repeatIntervalSeconds: z
    .number()
    .min(1)
    .max(LONGEST_REPEAT, 'A repeat must come within 120 hours.')
    .default(4 * HOUR),
  channelIds: z.array(z.uuid()).max(20).default([]),
  fallbackChannelId: z.uuid().nullable().default(null).describe('Takes over from channels that are broken'),
  escalationPolicyId: z.uuid().nullable().default(null),
});

const repeatsLater = (route: { groupIntervalSeconds: number; repeatIntervalSeconds: number }) =>
  route.repeatIntervalSeconds >= route.groupIntervalSeconds;
const REPEATS_LATER = { path: ['repeatIntervalSeconds'], message: 'Must be at least the group interval.' };

export const routeInputSchema = routeFields.refine(repeatsLater, REPEATS_LATER);
export const routeUpdateSchema = routeFields.extend({ id: z.uuid() }).refine(repeatsLater, REPEATS_LATER);

const routeViewSchema = routeFields.extend({
  id: z.uuid(),
  position: z.int(),
  isDefault: z.boolean().describe('The one that takes everything else'),
});
export type RouteView = z.infer<typeof routeViewSchema>;

export const alertSettingsSchema = z.strictObject({
  acknowledgementTimeoutMinutes: z
    .int()
    .min(1)
    .max(7 * 1440)
    .nullable()
    .describe('After this an acknowledged alert is active again; null: never'),
});

/** A route that takes an alert, with the labels of the group that the alert joins there. */
const takingRouteSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  group: z.record(z.string(), z.string()),
});
export type TakingRoute = z.infer<typeof takingRouteSchema>;

export const routeBodies = {
  AlertRouteList: z.object({ items: z.array(routeViewSchema) }),
  AlertRouteOrder: z.object({ ids: z.array(z.uuid()) }),
  TakingRoutes: z.object({ items: z.array(takingRouteSchema) }),
  AlertSettings: alertSettingsSchema,
};

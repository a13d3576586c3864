import { z } from 'zod';
import { ALERT_STATUSES, SEVERITIES } from './alert.ts';
import { labelMatcherSchema, matchesEmpty } from './label-matcher.ts';
import { type MaintenanceWhen, maintenanceWhenSchema } from './maintenance.ts';
import { instantMs } from './time-schema.ts';
import { DAY_MS, isTimeZone } from './zoned-time.ts';

/** What keeps alerts quiet, as people write and read it. Times are Unix milliseconds. */

/** A typing error must not keep alerts quiet for ever: nothing does for longer than a year, leap years too. */
export const LONGEST_QUIET_MS = 366 * DAY_MS;
export const TOO_LONG_QUIET = 'A silence lasts at most a year.';

const fitsInAYear = (when: MaintenanceWhen): boolean =>
  when.kind === 'recurring' || when.endsAt - when.startsAt <= LONGEST_QUIET_MS;

const name = z.string().trim().min(1, 'Give it a name.').max(120);

/** At least one of them must not match an alert that lacks the label, or it would match everything (alerting S50). */
const mutingMatchers = z
  .array(labelMatcherSchema)
  .min(1, 'Add at least one condition.')
  .max(50)
  .refine((matchers) => matchers.some((matcher) => !matchesEmpty(matcher)), {
    message: 'Fill in at least one condition: as it stands, this would keep every alert quiet.',
  });

export const silenceInputSchema = z.strictObject({
  matchers: mutingMatchers,
  startsAt: instantMs.optional().describe('Default, and for times in the past: now'),
  endsAt: instantMs,
  comment: z.string().trim().min(1, 'Say why.').max(2000),
  createdBy: z
    .string()
    .trim()
    .min(1)
    .max(120)
    .optional()
    .describe('Who asked for it, where a machine makes it'),
});

const SILENCE_STATES = ['pending', 'active', 'expired'] as const;
const silenceViewSchema = z.object({
  id: z.uuid(),
  matchers: z.array(labelMatcherSchema),
  startsAt: z.int(),
  endsAt: z.int(),
  comment: z.string(),
  createdBy: z.string(),
  updatedAt: z.int(),
  replaces: z.uuid().nullable().describe('The silence whose matchers were changed'),
  state: z.enum(SILENCE_STATES),
});
export type SilenceView = z.infer<typeof silenceViewSchema>;

export const maintenanceInputSchema = z.strictObject({
  name,
  matchers: mutingMatchers,
  timeZone: z.string().max(64).refine(isTimeZone, 'There is no such time zone.'),
  when: maintenanceWhenSchema.refine(fitsInAYear, {
    path: ['endsAt'],
    message: 'Maintenance lasts at most a year.',
  }),
  enabled: z.boolean().default(true),
});
const maintenanceViewSchema = maintenanceInputSchema.extend({
  id: z.uuid(),
  when: maintenanceWhenSchema,
  updatedAt: z.int(),
  isOn: z.boolean().describe('Whether it is on now'),
});
export type MaintenanceView = z.infer<typeof maintenanceViewSchema>;

export const inhibitionInputSchema = z.strictObject({
  name,
  source: mutingMatchers,
  target: mutingMatchers,
  equal: z.array(z.string().min(1).max(200)).max(20).default([]),
});
const inhibitionViewSchema = inhibitionInputSchema.extend({ id: z.uuid() });
export type InhibitionView = z.infer<typeof inhibitionViewSchema>;

/** What matchers would touch of the open alerts, for the form in which they are written. */
const matchingAlertsSchema = z.object({
  open: z.int(),
  matching: z.int(),
  items: z
    .array(
      z.object({
        id: z.uuid(),
        title: z.string(),
        severity: z.enum(SEVERITIES),
        status: z.enum(ALERT_STATUSES),
        labels: z.record(z.string(), z.string()),
      }),
    )
    .describe('The latest of those that match'),
});
export type MatchingAlerts = z.infer<typeof matchingAlertsSchema>;

/** Names of labels with values they have. */
const knownLabelsSchema = z.record(z.string(), z.array(z.string()));
export type KnownLabels = z.infer<typeof knownLabelsSchema>;

export const muteBodies = {
  Silence: silenceViewSchema,
  SilenceList: z.object({ items: z.array(silenceViewSchema) }),
  MaintenanceWindowList: z.object({ items: z.array(maintenanceViewSchema) }),
  InhibitionRuleList: z.object({ items: z.array(inhibitionViewSchema) }),
  MatchingAlerts: matchingAlertsSchema,
  KnownLabels: knownLabelsSchema,
};

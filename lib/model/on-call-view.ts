import { z } from 'zod';
import { OVERRIDE_KINDS, policyInputSchema, rotationSchema } from './on-call.ts';

/** What pages and the interface show of on-call. Times are Unix milliseconds. */

export const personSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  /** False: has left the team, and reaches nobody. */
  isPresent: z.boolean(),
  lostDevices: z.boolean().describe('Takes push, and has no device left that would show it'),
  mayAcknowledge: z.boolean().describe('False: is told, and may not acknowledge by any role in the team'),
  role: z.string().describe('The roles in the team, in words'),
});
export type Person = z.infer<typeof personSchema>;

const shiftViewSchema = z.object({
  startsAt: z.int(),
  endsAt: z.int(),
  person: personSchema.nullable().describe('Null: nobody is on call'),
  source: z.enum(['rotation', ...OVERRIDE_KINDS, 'none']),
});
export type ShiftView = z.infer<typeof shiftViewSchema>;

const overrideViewSchema = z.object({
  id: z.uuid(),
  kind: z.enum(OVERRIDE_KINDS),
  person: personSchema.nullable(),
  replaces: personSchema.nullable(),
  startsAt: z.int(),
  endsAt: z.int(),
});
export type OverrideView = z.infer<typeof overrideViewSchema>;

const stretchSchema = z.object({ startsAt: z.int(), endsAt: z.int() });

/** Two that would both be on call: the upper one counts. */
const overlapSchema = stretchSchema.extend({ upper: z.string(), lower: z.string() });
export type OverlapView = z.infer<typeof overlapSchema>;

const scheduleSummarySchema = z.object({
  id: z.uuid(),
  name: z.string(),
  timeZone: z.string(),
  now: shiftViewSchema.nullable(),
  next: shiftViewSchema.nullable(),
});

export const onCallReportSchema = z.object({
  at: z.int(),
  schedules: z.array(
    scheduleSummarySchema.extend({
      shifts: z.array(shiftViewSchema).describe('From now to the end of next week, gaps included'),
    }),
  ),
});
export type OnCallReport = z.infer<typeof onCallReportSchema>;

export const scheduleDetailSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  timeZone: z.string(),
  rotations: z.array(rotationSchema),
  overrides: z.array(overrideViewSchema).describe('Those that touch the range'),
  from: z.int(),
  to: z.int(),
  shifts: z.array(shiftViewSchema).describe('Gaps included, from when the schedule was made'),
  gaps: z.array(stretchSchema),
  overlaps: z.array(overlapSchema),
  people: z.array(personSchema).describe('Everybody it names'),
  hasCalendar: z.boolean(),
  updatedAt: z.int(),
});
export type ScheduleDetail = z.infer<typeof scheduleDetailSchema>;

export const policyViewSchema = z.object({
  id: z.uuid(),
  ...policyInputSchema.shape,
  /** Names of targets by their ids. */
  names: z.record(z.string(), z.string()),
  /** Roles of people among the targets who may not acknowledge, by their ids. */
  unable: z.record(z.string(), z.string()),
  /** Routes that lead to it. */
  routes: z.int(),
  updatedAt: z.int(),
});
export type PolicyView = z.infer<typeof policyViewSchema>;

const contactMethodSchema = z.object({
  id: z.uuid(),
  kind: z.enum(['email', 'push', 'webhook']),
  name: z.string(),
  address: z.string(),
  /** The address of the account stays. */
  isAccount: z.boolean(),
  devices: z.int().describe('Of push: how many there are'),
});
const ruleSchema = z.object({
  importance: z.enum(['default', 'urgent']),
  delayMinutes: z.int(),
  contactMethodId: z.uuid(),
});
export const contactsViewSchema = z.object({
  methods: z.array(contactMethodSchema),
  rules: z.array(ruleSchema).describe('None for an importance: by every way at once'),
});
export type ContactsView = z.infer<typeof contactsViewSchema>;

import { z } from 'zod';
import { instantMs } from './time-schema.ts';
import { DAY_MS, isTimeZone, parseWallTime } from './zoned-time.ts';

/**
 * The words of on-call: schedules, escalation policies and the ways to reach a person. Wall times are those of
 * the schedule's zone, `YYYY-MM-DDTHH:MM`.
 */

const name = z.string().trim().min(1, 'Give it a name.').max(80);
const instant = instantMs.describe('Unix milliseconds');
const timeZoneSchema = z.string().max(64).refine(isTimeZone, 'There is no such time zone.');
const wallTime = z
  .string()
  .refine((text) => !Number.isNaN(parseWallTime(text)), 'Must be a date and time like 2026-01-05T09:00.');
const timeOfDay = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'Must be a time of the day like 09:00.');

/** Weekdays from Monday 1 to Sunday 7. One that ends at or before its beginning lasts into the next day. */
const weeklyWindowSchema = z.strictObject({
  weekdays: z.array(z.int().min(1).max(7)).min(1, 'Choose at least one weekday.').max(7),
  from: timeOfDay,
  to: timeOfDay,
});
export type WeeklyWindow = z.infer<typeof weeklyWindowSchema>;

export const SHIFT_UNITS = ['hours', 'days', 'weeks'] as const;

/** Participants take turns; each hand-off is at the time of the day of the first one. */
export const rotationSchema = z
  .strictObject({
    name,
    participants: z
      .array(z.uuid())
      .min(1, 'Choose at least one person.')
      .max(50)
      .describe('Ids of people, in the order of their turns'),
    startsAt: wallTime.describe('The first hand-off; before it nobody is on call by this rotation'),
    endsAt: wallTime.nullable().default(null),
    shift: z
      .strictObject({ unit: z.enum(SHIFT_UNITS), length: z.int().min(1).max(366) })
      .refine(({ unit, length }) => unit !== 'weeks' || length <= 52, {
        path: ['length'],
        message: 'Must be at most a year.',
      }),
    restrictions: z
      .array(weeklyWindowSchema)
      .max(21)
      .default([])
      .describe('Only in these windows; empty: always'),
  })
  .refine(({ startsAt, endsAt }) => endsAt === null || endsAt > startsAt, {
    path: ['endsAt'],
    message: 'Must be after the start.',
  });
export type Rotation = z.infer<typeof rotationSchema>;

/** Schedules are read back to 1970, as every other time; a rotation that began before it says nothing more. */
const givenRotationSchema = rotationSchema.refine(({ startsAt }) => !(parseWallTime(startsAt) < 0), {
  path: ['startsAt'],
  message: 'Must be in 1970 or later.',
});

/** Rotations in order: a later one stands above the earlier ones. */
export const scheduleInputSchema = z.strictObject({
  name,
  timeZone: timeZoneSchema,
  rotations: z.array(givenRotationSchema).max(20),
});

export const OVERRIDE_KINDS = ['override', 'temporary'] as const;
export type OverrideKind = (typeof OVERRIDE_KINDS)[number];

export const overrideInputSchema = z
  .strictObject({
    scheduleId: z.uuid(),
    kind: z
      .enum(OVERRIDE_KINDS)
      .default('override')
      .describe('An override stands above a temporary schedule'),
    userId: z.uuid().nullable().describe('Null: nobody is on call'),
    replacesUserId: z.uuid().nullable().default(null).describe('Null: whoever is on call'),
    startsAt: instant,
    endsAt: instant,
  })
  .refine(({ startsAt, endsAt }) => endsAt > startsAt, {
    path: ['endsAt'],
    message: 'Must be after the start.',
  })
  .refine(({ startsAt, endsAt }) => endsAt - startsAt <= 366 * DAY_MS, {
    path: ['endsAt'],
    message: 'Must be within a year.',
  });

/** Hours in which a step may be entered; outside them it waits for the next start (alerting S81). */
const hoursSchema = z.strictObject({
  timeZone: timeZoneSchema,
  windows: z.array(weeklyWindowSchema).min(1).max(21),
});

const TARGET_KINDS = ['user', 'schedule', 'channel'] as const;
const targetSchema = z.strictObject({ kind: z.enum(TARGET_KINDS), id: z.uuid() });
export type EscalationTarget = z.infer<typeof targetSchema>;

const stepSchema = z.strictObject({
  targets: z.array(targetSchema).min(1, 'Choose whom this step tells.').max(20),
  delayMinutes: z.int().min(1).max(1440).describe('From this step to the next, while nobody answers'),
  hours: hoursSchema.nullable().default(null),
});
export type EscalationStep = z.infer<typeof stepSchema>;

export const policyInputSchema = z.strictObject({
  name,
  steps: z.array(stepSchema).min(1, 'Add at least one step.').max(20),
  repeat: z.int().min(-1).max(20).describe('How often all steps follow again; -1: until somebody answers'),
});

/** Who is on call by what. `key` is the same for all instants of one shift. */
export interface OnCall {
  userId: string | null;
  source: 'rotation' | OverrideKind | 'none';
  key: string;
}

/** A stretch of one person, or of nobody; Unix milliseconds. */
export interface Shift extends OnCall {
  startsAt: number;
  endsAt: number;
}

/** What decides who is on call. */
export interface ScheduleRules {
  timeZone: string;
  rotations: readonly Rotation[];
}

export interface OverrideRule {
  id: string;
  kind: OverrideKind;
  userId: string | null;
  replacesUserId: string | null;
  /** Unix milliseconds. */
  startsAt: number;
  endsAt: number;
  createdAt: number;
}

/** Reads stored rotations; what no longer fits is left out rather than failing everybody's page. */
export function readRotations(stored: readonly unknown[]): Rotation[] {
  return stored.flatMap((raw) => rotationSchema.safeParse(raw).data ?? []);
}

/** Reads stored steps; one that no longer fits reaches nobody, so the next follows at once (alerting S82). */
export function readSteps(stored: readonly unknown[]): EscalationStep[] {
  return stored.map((raw) => stepSchema.safeParse(raw).data ?? { targets: [], delayMinutes: 1, hours: null });
}

import { z } from 'zod';
import { instantMs } from './time-schema.ts';

/**
 * When maintenance is: once, or again and again as Alertmanager's time intervals say it. All times are those of
 * the clock on the wall in the window's zone.
 */

const CLOCK_TIME = /^([01]\d|2[0-3]):[0-5]\d$|^24:00$/;

/** Whether a text is a time of the day as HH:MM, or the end of it, 24:00. */
export const isClockTime = (text: string): boolean => CLOCK_TIME.test(text);

const minutes = z
  .string()
  .regex(CLOCK_TIME, 'Write the time as HH:MM.')
  .describe('HH:MM; 24:00 is the end of the day');

/** Both ends belong to a range. */
const rangeOf = (number: z.ZodInt) => z.strictObject({ from: number, to: number });

const dayOfMonth = z
  .int()
  .min(-31)
  .max(31)
  .refine((day) => day !== 0, 'Days are counted from 1, or from -1 backwards.');

const timeIntervalSchema = z.strictObject({
  /** From the first minute up to the last, which is no part of it. */
  times: z
    .array(z.strictObject({ from: minutes, to: minutes }))
    .max(24)
    .optional(),
  /** 0 is Sunday. */
  weekdays: z
    .array(rangeOf(z.int().min(0).max(6)))
    .max(7)
    .optional(),
  /** Negative days count from the end of the month. */
  daysOfMonth: z
    .array(z.strictObject({ from: dayOfMonth, to: dayOfMonth }))
    .max(31)
    .optional(),
  months: z
    .array(rangeOf(z.int().min(1).max(12)))
    .max(12)
    .optional(),
  years: z
    .array(rangeOf(z.int().min(1970).max(9999)))
    .max(20)
    .optional(),
});
export type TimeInterval = z.output<typeof timeIntervalSchema>;

export const maintenanceWhenSchema = z.discriminatedUnion('kind', [
  z
    .strictObject({
      kind: z.literal('once'),
      startsAt: instantMs.describe('Unix milliseconds'),
      endsAt: instantMs.describe('Unix milliseconds'),
    })
    .refine(({ startsAt, endsAt }) => endsAt > startsAt, {
      path: ['endsAt'],
      message: 'The end must be after the start.',
    }),
  z.strictObject({ kind: z.literal('recurring'), intervals: z.array(timeIntervalSchema).min(1).max(20) }),
]);
export type MaintenanceWhen = z.output<typeof maintenanceWhenSchema>;

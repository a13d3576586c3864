import { z } from 'zod';
import { BULK_MOST } from './alert.ts';

/** What people do with alerts, as they send it. */

/** The door that an act came through; it stands in the timeline. */
const RESPONSE_DOORS = ['web', 'push', 'link', 'api', 'slack', 'teams'] as const;

export const noteSchema = z.string().trim().max(2000);

const doorFields = {
  via: z
    .enum(RESPONSE_DOORS)
    .optional()
    .describe('Where it was done; default: the console for people, `api` for keys'),
  note: noteSchema.optional(),
};
/** Taps wait on a device until there is a connection: by then somebody else may be signed in there. */
const tapFields = {
  tappedBy: z.uuid().optional().describe('Who tapped: refused with 409 while somebody else is signed in'),
};
export const respondSchema = z.strictObject({ id: z.uuid(), ...doorFields });
export const acknowledgeSchema = respondSchema.extend(tapFields);
export const snoozeSchema = z.strictObject({
  id: z.uuid(),
  minutes: z
    .int()
    .min(1)
    .max(7 * 1440)
    .describe('How long'),
  ...doorFields,
});
export const reassignSchema = z.strictObject({ id: z.uuid(), userId: z.uuid(), ...doorFields });

/** Who acknowledged or ended an alert before somebody tapped; no name where nobody of the team did. */
export const settledBeforeSchema = z.object({
  by: z.string().nullable(),
  at: z.int().describe('Unix milliseconds'),
});
export type SettledBefore = z.infer<typeof settledBeforeSchema>;

const BULK_ACTIONS = ['acknowledge', 'resolve', 'snooze'] as const;
export const bulkSchema = z
  .strictObject({
    ids: z.array(z.uuid()).min(1).max(BULK_MOST),
    alert: z.uuid().optional().describe('One of them: a person of several teams acts in the one that has it'),
    action: z.enum(BULK_ACTIONS),
    minutes: z
      .int()
      .min(1)
      .max(7 * 1440)
      .optional()
      .describe('How long to snooze'),
    ...doorFields,
    ...tapFields,
  })
  .refine(({ action, minutes }) => action !== 'snooze' || minutes !== undefined, {
    path: ['minutes'],
    message: 'Say for how long.',
  });

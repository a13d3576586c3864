import { z } from 'zod';
import { plainText } from './agent-schema.ts';
import { pageOf } from './agent-view.ts';
import { ALERT_SOURCES, ALERT_STATUSES, SEVERITIES } from './alert.ts';
import { momentMs } from './time-schema.ts';

/** What pages and the API are shown of alerts; times are Unix milliseconds. */

const timeMs = z.int().describe('Unix milliseconds');
const named = z.object({ id: z.uuid(), name: z.string() });

/** One alert in the inbox. */
export const alertRowSchema = z.object({
  id: z.uuid(),
  source: z.enum(ALERT_SOURCES),
  sourceId: z.string(),
  labels: z.record(z.string(), z.string()),
  agent: named.nullable(),
  severity: z.enum(SEVERITIES),
  status: z.enum(ALERT_STATUSES),
  title: z.string(),
  message: z.string(),
  value: z.number().nullable(),
  startsAt: timeMs,
  lastReceivedAt: timeMs,
  /** The name is what is left of a person who was deleted, too. */
  acknowledged: z.object({ by: z.string().nullable(), at: timeMs, expiresAt: timeMs.nullable() }).nullable(),
  assignee: named.nullable(),
  snoozedUntil: timeMs.nullable(),
  resolved: z.object({ by: z.string().nullable(), at: timeMs, reason: z.string() }).nullable(),
  flapping: z.boolean(),
  recovering: z
    .object({ since: timeMs, until: timeMs })
    .nullable()
    .describe('Set while it is back to normal and only kept open for the time that its rule keeps firing'),
  suppressedBy: z.array(
    z.object({ kind: z.enum(['silence', 'maintenance', 'inhibition']), id: z.string(), name: z.string() }),
  ),
  feedback: z.enum(['useful', 'noise']).nullable(),
  version: z.int().describe('Grows with every change'),
});
export type AlertRow = z.infer<typeof alertRowSchema>;

/** One entry of an alert's timeline, messages about it included. */
export const alertEventSchema = z.object({
  id: z.uuid(),
  kind: z.string(),
  at: timeMs,
  actor: z.object({ kind: z.enum(['user', 'key', 'system']), name: z.string() }),
  via: z.string(),
  note: z.string(),
  details: z.record(z.string(), z.unknown()),
});
export type AlertEvent = z.infer<typeof alertEventSchema>;

/** One alert with everything its page shows. */
export const alertDetailSchema = alertRowSchema.extend({
  annotations: z.record(z.string(), z.string()),
  generatorUrl: z.string().nullable(),
  runbookUrl: z.string().nullable(),
  endsAt: timeMs.nullable(),
  endsByTimeout: z.boolean(),
  openedAt: timeMs.describe('When Pitwall heard of it; a source may have seen it begin earlier'),
  conditionSince: timeMs
    .nullable()
    .describe('First breach of the rule that fires now, from which its hold time counts'),
  reopenedFrom: z.uuid().nullable(),
  feedbackReason: z.string().nullable(),
  events: z.array(alertEventSchema).describe('The timeline, oldest first, the latest 500'),
});
export type AlertDetail = z.infer<typeof alertDetailSchema>;

const fromCommas = <T extends z.ZodType>(item: T) =>
  z.preprocess((given) => (typeof given === 'string' ? given.split(',') : given), z.array(item).max(20));

/** How the inbox is narrowed. Without a status it holds what is not resolved. The most urgent come first, what is kept quiet last. */
export const alertListSchema = z.strictObject({
  status: fromCommas(z.enum(ALERT_STATUSES)).optional().describe('Statuses, comma separated'),
  severity: fromCommas(z.enum(SEVERITIES)).optional().describe('Severities, comma separated'),
  agentId: z.uuid().optional(),
  sourceId: plainText(128).optional().describe('The rule or integration that found it'),
  assignee: z
    .union([z.uuid(), z.literal('none'), z.literal('me')])
    .optional()
    .describe('Who has it, by hand-over or acknowledgement: a person, "me" or "none"'),
  q: plainText(128).optional().describe('Part of the title, the message or a label'),
  from: momentMs.optional().describe('Began to fire at or after, Unix milliseconds'),
  cursor: z.string().max(1024).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});
export type AlertListQuery = z.infer<typeof alertListSchema>;

export const alertPageSchema = pageOf(alertRowSchema);

/** How many alerts of a team are open. */
export const alertCountsSchema = z.object({
  active: z.int(),
  acknowledged: z.int(),
  /** Of the active ones that nothing keeps quiet and that are not back to normal: they need somebody. */
  bySeverity: z.record(z.enum(SEVERITIES), z.int()),
  /** Active ones that a silence, a maintenance window or another alert keeps quiet. */
  suppressed: z.int(),
  /** Active ones that nothing keeps quiet, back to normal and kept open for the time that their rule keeps firing. */
  recovering: z.int(),
});
export type AlertCounts = z.infer<typeof alertCountsSchema>;

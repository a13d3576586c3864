import { z } from 'zod';
import { INSTANCE_KINDS, INSTANCE_STATES, RULE_TYPES, SEVERITIES } from './alert.ts';
import { ruleDefinitionSchema } from './alert-rule-schema.ts';

/** What pages and the API are shown of alert rules; times are Unix milliseconds. */

const timeMs = z.int().describe('Unix milliseconds');
const labels = z.record(z.string(), z.string());

export const ruleRowSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  type: z.enum(RULE_TYPES),
  enabled: z.boolean(),
  severities: z.array(z.enum(SEVERITIES)).describe('Those of its levels, the least first'),
  version: z.int(),
  health: z.enum(['ok', 'error', 'learning', 'unknown']),
  /** Why it can't be evaluated, or what it still learns; empty when all is well. */
  healthReason: z.string(),
  lastEvaluatedAt: timeMs.nullable(),
  missedSlots: z.int(),
  pending: z.int(),
  firing: z.int(),
  recovering: z.int().describe('Instances that are back to normal and kept open for a while'),
  updatedAt: timeMs,
});
export type RuleRow = z.infer<typeof ruleRowSchema>;

const ruleInstanceSchema = z.object({
  labels,
  kind: z.enum(INSTANCE_KINDS),
  state: z.enum(INSTANCE_STATES),
  severity: z.enum(SEVERITIES),
  value: z.number().nullable(),
  activeAt: timeMs,
  firedAt: timeMs.nullable(),
  clearSince: timeMs.nullable().describe('Back to normal since then, while it is recovering'),
  agentId: z.uuid().nullable(),
  alertId: z.uuid().nullable(),
});

export const ruleDetailSchema = ruleRowSchema.extend({
  /** Null when what is stored can't be read; the health then says why. */
  definition: ruleDefinitionSchema.nullable(),
  nextEvaluationAt: timeMs,
  createdAt: timeMs,
  instances: z.array(ruleInstanceSchema).describe('Those that are not normal, the latest 200'),
});
export type RuleDetail = z.infer<typeof ruleDetailSchema>;

export const ruleVersionSchema = z.object({
  version: z.int(),
  name: z.string(),
  enabled: z.boolean(),
  definition: z.record(z.string(), z.unknown()),
  changedBy: z.string(),
  at: timeMs,
});
export type RuleVersion = z.infer<typeof ruleVersionSchema>;

export const ruleTransitionSchema = z.object({
  id: z.uuid(),
  labels,
  from: z.string(),
  to: z.string(),
  severity: z.enum(SEVERITIES),
  reason: z.string(),
  value: z.number().nullable(),
  alertId: z.uuid().nullable(),
  at: timeMs,
});
export type RuleTransition = z.infer<typeof ruleTransitionSchema>;

/** What a rule would have done. */
export const rulePreviewSchema = z.object({
  from: timeMs,
  to: timeMs,
  /** Seconds between two evaluations of the preview; more than the rule's interval over long ranges. */
  stepSeconds: z.int(),
  times: z.array(timeMs),
  /** The series that breach first, at most 20; `states[i]` is the state after the evaluation at `times[i]`. */
  series: z.array(
    z.object({
      labels,
      values: z.array(z.number().nullable()),
      states: z.array(z.enum(['normal', ...INSTANCE_STATES])),
    }),
  ),
  alerts: z.array(
    z.object({
      labels,
      severity: z.enum(SEVERITIES).describe('The highest that it had'),
      startsAt: timeMs,
      endsAt: timeMs.nullable(),
      reason: z.string(),
    }),
  ),
  seriesWatched: z.int(),
  seriesLeftOut: z.int().describe('Beyond the 100 with the most observations'),
  withoutRuns: z
    .array(z.string())
    .describe(
      'Names of agents that a rule on runs cannot see, since no run spans arrive from them; at most 100',
    ),
  /** Set when the rule could not be evaluated, or has not enough history. */
  problem: z.string().nullable(),
  example: z
    .object({
      title: z.string(),
      message: z.string(),
      problems: z.array(z.object({ path: z.string(), message: z.string() })),
    })
    .describe('What people would be told, and templates that cannot be filled in'),
});
export type RulePreview = z.infer<typeof rulePreviewSchema>;

import { z } from 'zod';
import { plainText } from './agent-schema.ts';
import { dnsLabel, dnsName } from './deployment-plan.ts';

/**
 * Scaling: how many replicas of an agent's workload its load asks for. The vocabulary, what people and machines may
 * ask for, and what pages and the API are shown; times are Unix milliseconds, money is US dollars.
 */

/** What a workload can be scaled by; null in a policy: by its budget alone. */
const loadSchema = z.discriminatedUnion('by', [
  z.strictObject({
    by: z.literal('queue_depth'),
    metric: plainText(255, 1).describe('Name of the metric that the agent sends'),
    reports: z
      .enum(['whole_queue', 'own_part'])
      .default('whole_queue')
      .describe('Whether each instance of the agent reports the whole queue, or only what waits for itself'),
    target: z.number().positive().max(1e9).describe('What waits, for each replica'),
  }),
  z.strictObject({
    by: z.literal('request_rate'),
    target: z.number().positive().max(1e9).describe('Runs a minute, for each replica'),
  }),
  z.strictObject({
    by: z.literal('p95_latency'),
    target: z.number().positive().max(1e9).describe('Milliseconds that 95 of 100 runs end within'),
  }),
]);

const seconds = (from: number) => z.int().min(from).max(3600);
const replicas = z.int().min(1).max(1000);
const step = z.int().min(1).max(1000);

const ruleFields = {
  load: loadSchema.nullable().describe('What it is scaled by; null: by the budget alone, which only lowers'),
  costPerHour: z
    .number()
    .positive()
    .max(1e6)
    .nullable()
    .describe('US dollars an hour that its model calls may cost; null: no limit'),
  minReplicas: replicas,
  maxReplicas: replicas,
  windowSeconds: z
    .int()
    .min(30)
    .max(3600)
    .multipleOf(10, 'Give whole tens of seconds.')
    .describe('How long is measured for one look'),
  upStabilisationSeconds: seconds(0).describe('Raised to the least that was asked for in so long'),
  downStabilisationSeconds: seconds(0).describe('Lowered to the most that was asked for in so long'),
  upCooldownSeconds: seconds(0).describe('From the last change to the next raise'),
  downCooldownSeconds: seconds(0).describe('From the last change to the next lowering'),
  maxStepUp: step.describe('Replicas that are added at once at most'),
  maxStepDown: step.describe('Replicas that are taken away at once at most'),
};

/** What counts where a policy says nothing else. */
export const SCALING_DEFAULTS = {
  costPerHour: null,
  windowSeconds: 120,
  upStabilisationSeconds: 0,
  downStabilisationSeconds: 300,
  upCooldownSeconds: 60,
  downCooldownSeconds: 300,
  maxStepUp: 4,
  maxStepDown: 1,
} as const;

type Rule = z.output<z.ZodObject<typeof ruleFields>>;

/** What the fields of a rule must be to each other. */
function requireSense(
  rule: Pick<Rule, 'load' | 'costPerHour' | 'minReplicas' | 'maxReplicas'>,
  context: z.RefinementCtx,
) {
  if (rule.load === null && rule.costPerHour === null)
    context.addIssue({ code: 'custom', path: ['load'], message: 'Scale by something, or set a budget.' });
  if (rule.maxReplicas < rule.minReplicas)
    context.addIssue({
      ...{ code: 'custom', path: ['maxReplicas'] },
      message: 'The most replicas are fewer than the least.',
    });
}

const withDefaults = {
  ...ruleFields,
  costPerHour: ruleFields.costPerHour.default(SCALING_DEFAULTS.costPerHour),
  windowSeconds: ruleFields.windowSeconds.default(SCALING_DEFAULTS.windowSeconds),
  upStabilisationSeconds: ruleFields.upStabilisationSeconds.default(SCALING_DEFAULTS.upStabilisationSeconds),
  downStabilisationSeconds: ruleFields.downStabilisationSeconds.default(
    SCALING_DEFAULTS.downStabilisationSeconds,
  ),
  upCooldownSeconds: ruleFields.upCooldownSeconds.default(SCALING_DEFAULTS.upCooldownSeconds),
  downCooldownSeconds: ruleFields.downCooldownSeconds.default(SCALING_DEFAULTS.downCooldownSeconds),
  maxStepUp: ruleFields.maxStepUp.default(SCALING_DEFAULTS.maxStepUp),
  maxStepDown: ruleFields.maxStepDown.default(SCALING_DEFAULTS.maxStepDown),
};

/** How a workload is scaled, whole. */
export const scalingRuleSchema = z.strictObject(ruleFields).superRefine(requireSense);
export type ScalingRule = z.output<typeof scalingRuleSchema>;

const workloadSchema = z.strictObject({ clusterId: z.uuid(), namespace: dnsLabel, name: dnsName });
export type ScalingWorkload = z.output<typeof workloadSchema>;

const policyFields = {
  workload: workloadSchema
    .nullable()
    .describe('The Deployment that is scaled; null: the one that the agent was last deployed to'),
  isDryRun: z.boolean().describe('Only recommends: nothing in the cluster is touched'),
};

export const createScalingPolicySchema = z
  .strictObject({
    agentId: z.uuid(),
    ...withDefaults,
    workload: policyFields.workload.default(null),
    isDryRun: policyFields.isDryRun.default(true),
  })
  .superRefine(requireSense);

/** What is given changes; the rest stays. What the fields are to each other is looked at with the policy at hand. */
export const updateScalingPolicySchema = z
  .strictObject({ ...ruleFields, ...policyFields })
  .partial()
  .extend({ id: z.uuid() });

export const previewScalingSchema = z
  .strictObject({
    agentId: z.uuid(),
    ...withDefaults,
    replicas: replicas
      .optional()
      .describe('How many it had an hour ago; default: what it has, else the least'),
  })
  .superRefine(requireSense);

/** Why a workload is left as it is although something may be asked for. */
export const HOLD_CODES = [
  'no_workload',
  'no_cluster',
  'cluster_unreachable',
  'workload_gone',
  'another_policy',
  'hpa',
  'git_ops',
  'paused',
  'rolling_out',
  'scaled_to_zero',
  'no_data',
  'refused',
] as const;
export type HoldCode = (typeof HOLD_CODES)[number];

/** `change`: another number is asked for; `stay`: this one is right, or it is too early; `hold`: nothing can be said, or done. */
const SCALING_OUTCOMES = ['change', 'stay', 'hold'] as const;

/** What became of a decision. */
export const DECISION_RESULTS = [
  'recommended',
  'acting',
  'scaled',
  'failed',
  'dropped',
  'stays',
  'holds',
] as const;
export type DecisionResult = (typeof DECISION_RESULTS)[number];

const timeMs = z.int().describe('Unix milliseconds');
const workloadView = z.object({
  clusterId: z.uuid(),
  clusterName: z.string(),
  namespace: z.string(),
  name: z.string(),
});

/** What a look found. */
const stateSchema = z.object({
  at: timeMs,
  outcome: z.enum(SCALING_OUTCOMES),
  hold: z.enum(HOLD_CODES).nullable(),
  from: z.int().nullable().describe('Replicas that the workload has; null: not known'),
  to: z.int().nullable().describe('Replicas that are asked for'),
  words: z.string().describe('Why, in words and figures'),
  load: z.number().nullable(),
  costPerHour: z.number().nullable(),
  workload: workloadView.nullable(),
});
export type ScalingState = z.infer<typeof stateSchema>;

export const scalingPolicySchema = z.object({
  id: z.uuid(),
  agent: z.object({ id: z.uuid(), name: z.string() }),
  workload: workloadView.nullable().describe('As it was named; null: where the agent was last deployed to'),
  isDryRun: z.boolean(),
  rule: z.object(ruleFields),
  state: stateSchema.nullable().describe('What the last look found; null before the first'),
  lastScaledAt: timeMs.nullable(),
  createdAt: timeMs,
  updatedAt: timeMs,
});
export type ScalingPolicy = z.infer<typeof scalingPolicySchema>;

export const scalingDecisionSchema = z.object({
  id: z.uuid(),
  at: timeMs,
  result: z.enum(DECISION_RESULTS),
  hold: z.enum(HOLD_CODES).nullable(),
  from: z.int().nullable(),
  to: z.int().nullable(),
  words: z.string(),
  load: z.number().nullable(),
  costPerHour: z.number().nullable(),
  isDryRun: z.boolean(),
});
export type ScalingDecision = z.infer<typeof scalingDecisionSchema>;

/** What a policy would have done in the last hour. */
export const scalingPreviewSchema = z.object({
  stepSeconds: z.int(),
  times: z.array(timeMs),
  load: z.array(z.number().nullable()),
  costPerHour: z.array(z.number().nullable()),
  replicas: z.array(z.int()).describe('As they would have been after each look'),
  changes: z.array(z.object({ at: timeMs, from: z.int(), to: z.int(), words: z.string() })),
  held: z.int().describe('Looks at which nothing was known'),
  words: z.string(),
});
export type ScalingPreview = z.infer<typeof scalingPreviewSchema>;

/** The bodies that `/api/v1` answers with about scaling. */
export const scalingBodies = {
  ScalingPolicies: z.object({ items: z.array(scalingPolicySchema) }),
  ScalingPolicy: scalingPolicySchema,
  ScalingDecisions: z.object({ items: z.array(scalingDecisionSchema) }),
  ScalingPreview: scalingPreviewSchema,
};

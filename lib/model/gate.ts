import { z } from 'zod';
import { instantMs } from './time-schema.ts';

/**
 * Gates: a version of an agent judged by its telemetry against another version. Rates are shares of 0 to 1 and
 * compared by their difference; the others are compared by their ratio. Higher is worse for all of them.
 */
export const GATE_METRICS = ['error_rate', 'tool_failure_rate', 'p95_latency', 'cost', 'tokens'] as const;
export type GateMetric = (typeof GATE_METRICS)[number];

export const isRate = (metric: GateMetric): boolean =>
  metric === 'error_rate' || metric === 'tool_failure_rate';

/** What comes of a metric that can't be judged for want of data: wait, fail, or leave it out. */
const NO_DATA_POLICIES = ['pause', 'fail', 'ignore'] as const;

/** 2 points of a rate, a fifth of what is compared by its ratio. */
const usualMargin = (metric: GateMetric): number => (isRate(metric) ? 0.02 : 0.2);

const gateMetricSchema = z
  .strictObject({
    metric: z.enum(GATE_METRICS),
    margin: z
      .number()
      .min(0)
      .max(10)
      .optional()
      .describe('Worse by more than this fails: 0.02 is 2 points of a rate, 0.2 is 20 % of the others'),
    noData: z.enum(NO_DATA_POLICIES).default('pause'),
  })
  .transform(({ margin, ...row }) => ({ ...row, margin: margin ?? usualMargin(row.metric) }))
  // Said once more, so that answers can be described that hold it.
  .pipe(
    z.strictObject({ metric: z.enum(GATE_METRICS), margin: z.number(), noData: z.enum(NO_DATA_POLICIES) }),
  );

/** One question to a Prometheus server of the team, by the names that admins gave (deployment S-97). */
const gateQuerySchema = z.strictObject({
  source: z.string().min(1).max(100),
  template: z.string().min(1).max(63),
  noData: z.enum(NO_DATA_POLICIES).default('pause'),
  onError: z
    .enum(NO_DATA_POLICIES)
    .default('pause')
    .describe('Five errors in a row fail where it would pause'),
  errorsBefore: z
    .int()
    .min(0)
    .max(1000)
    .default(0)
    .describe('Errors in a row up to the look before, as its answer counted them'),
});
export type GateQuery = z.output<typeof gateQuerySchema>;

/** The most planned looks: each gets its share of the probability of being wrong. */
const MOST_LOOKS = 50;

export const gateDefinitionSchema = z
  .strictObject({
    metrics: z
      .array(gateMetricSchema)
      .min(1)
      .max(GATE_METRICS.length)
      .refine((rows) => new Set(rows.map(({ metric }) => metric)).size === rows.length, {
        message: 'Each metric stands here once.',
      })
      .prefault(GATE_METRICS.map((metric) => ({ metric }))),
    queries: z.array(gateQuerySchema).max(10).default([]),
    confidence: z
      .number()
      .min(0.8)
      .max(0.9999)
      .default(0.99)
      .describe('Of a whole rollout: all metrics and all looks together'),
    looks: z
      .int()
      .min(1)
      .max(MOST_LOOKS)
      .default(5)
      .describe('How often the rollout is going to be judged: planned before the first look'),
    minimumRuns: z
      .int()
      .min(10)
      .max(2000)
      .default(50)
      .describe('Runs that either version must have had before it can pass'),
    passes: z
      .enum(['unless_worse', 'when_proven'])
      .default('unless_worse')
      .describe(
        'unless_worse: passes at the last look where nothing was shown to be worse; when_proven: only where every metric is shown to be within its margin',
      ),
  })
  .readonly();
export type GateDefinition = z.output<typeof gateDefinitionSchema>;

/** One run of an agent, as far as gates look at it. */
export interface RunSample {
  durationMs: number;
  isError: boolean;
  /** US dollars of everything below it; null where a part of it has no price. */
  cost: number | null;
  /** Input and output of everything below it; null where a model call did not say. */
  tokens: number | null;
  toolCalls: number;
  failedToolCalls: number;
}

/** Runs of one version in a window; times are Unix milliseconds. */
export interface VersionSample {
  version: string;
  from: number;
  to: number;
  /** Runs that there were; more than stand in `runs` where a part was drawn of them. */
  total: number;
  runs: readonly RunSample[];
}

/** Both versions in the same time, or the old one in its last time before. */
export const GATE_COMPARISONS = ['same_window', 'before_after'] as const;
export type GateComparison = (typeof GATE_COMPARISONS)[number];

export interface GateSamples {
  comparison: GateComparison;
  candidate: VersionSample;
  baseline: VersionSample;
}

export const GATE_VERDICTS = ['pass', 'fail', 'inconclusive'] as const;
export type GateVerdict = (typeof GATE_VERDICTS)[number];

const side = z.object({
  runs: z.int().describe('Runs that have the value'),
  value: z.number().nullable().describe('Share, milliseconds, US dollars a run or tokens a run'),
});

const evidenceSchema = z.object({
  metric: z.enum(GATE_METRICS),
  state: z
    .enum(['pass', 'fail', 'inconclusive', 'no_data'])
    .describe('pass: shown to be within the margin, or not shown to be worse where the gate asks no more'),
  reason: z.string(),
  candidate: side,
  baseline: side,
  change: z.number().nullable().describe('Difference of rates, else how much more: 1 is twice as much'),
  low: z.number().nullable().describe('The change is at least this; null where nothing can be said'),
  high: z.number().nullable().describe('The change is at most this; null where nothing can be said'),
  margin: z.number(),
});
export type GateEvidence = z.infer<typeof evidenceSchema>;

const queryEvidenceSchema = z.object({
  source: z.string(),
  template: z.string(),
  state: z.enum(['pass', 'fail', 'no_data', 'error']),
  reason: z.string(),
  worst: z.number().nullable().describe('The point that is the farthest from passing'),
  errors: z.int().describe('Errors in a row; to be handed back as errorsBefore'),
});
export type QueryEvidence = z.infer<typeof queryEvidenceSchema>;

export const gateJudgementSchema = z.object({
  verdict: z.enum(GATE_VERDICTS),
  reason: z.string(),
  look: z.int(),
  looks: z.int(),
  confidence: z.number(),
  comparison: z.enum(GATE_COMPARISONS),
  candidate: z.object({
    ...{ version: z.string(), from: z.int(), to: z.int() },
    ...{ totalRuns: z.int(), judgedRuns: z.int().describe('A part drawn by chance where there were more') },
  }),
  baseline: z.object({
    ...{ version: z.string(), from: z.int(), to: z.int() },
    ...{ totalRuns: z.int(), judgedRuns: z.int() },
  }),
  metrics: z.array(evidenceSchema),
  queries: z.array(queryEvidenceSchema),
});
export type GateJudgement = z.infer<typeof gateJudgementSchema>;

/** Versions as telemetry names them. */
export const versionSchema = z.string().min(1).max(255);
/** The longest time that one verdict looks at. */
export const LONGEST_WINDOW_MS = 7 * 86_400_000;
/** Spans of a run come a little after its end; what is younger than this may lack a part. */
export const SETTLED_AFTER_MS = 15_000;

/** What is asked of a gate; the agent is named beside it. */
export const gateQuestion = {
  version: versionSchema.describe('The version to be judged, as its telemetry names it'),
  baselineVersion: versionSchema
    .optional()
    .describe('The version to compare with; default: the one before it'),
  from: instantMs.describe('Since when the version runs; Unix milliseconds'),
  to: instantMs.optional().describe('Default: now'),
  look: z
    .int()
    .min(1)
    .max(MOST_LOOKS)
    .default(1)
    .describe('Which of the planned looks this is; asking more often than planned makes false alarms'),
  gate: gateDefinitionSchema.prefault({}),
};

import { z } from 'zod';
import { type RuleType, SEVERITIES } from './alert.ts';
import {
  AGENT_LABELS,
  ANY_TELEMETRY,
  ERROR_POLICIES,
  NO_DATA_POLICIES,
  operatorOf,
  RULE_GROUPINGS,
  RULE_OPERATORS,
} from './alert-rule.ts';
import { labelMatcherSchema } from './label-matcher.ts';
import { METRIC_MEASURES, OPERATION_MEASURES } from './metric.ts';
import { levelsOutOfBounds, levelsOutOfOrder } from './rule-level-bounds.ts';

/** What a rule says: its type, what it looks at, when that is too much, and how patient it is. */

const DAY_SECONDS = 86_400;
const seconds = (min: number, max: number) => z.int().min(min).max(max);
const text = (max: number) => z.string().trim().max(max);
const labelName = z
  .string()
  .regex(/^[\p{L}_][\p{L}\p{N}_.-]*$/u, 'Letters, digits, _ . and -')
  .max(100);

const known: readonly string[] = AGENT_LABELS;
const matcherSchema = labelMatcherSchema.refine(({ name }) => known.includes(name), {
  path: ['name'],
  message: `Agents are told apart by ${AGENT_LABELS.join(', ')}.`,
});

const sourceSchema = z.strictObject({
  /** `operations` for what spans tell, `telemetry` (absence only) for anything at all, else an OTLP metric. */
  metric: z.string().min(1).max(255).default('operations'),
  measure: z.enum([...OPERATION_MEASURES, ...METRIC_MEASURES]).default('requests'),
  /** Which spans count; by default those that fit the measure. */
  of: z.enum(['agent', 'model', 'tool']).optional(),
  model: z.string().min(1).max(128).optional(),
  agentIds: z.array(z.uuid()).max(1000).default([]),
  matchers: z.array(matcherSchema).max(20).default([]),
});

/** Thresholds of the two levels; one of them is enough. */
const levelsSchema = z
  .strictObject({ warning: z.number().optional(), critical: z.number().optional() })
  .refine(({ warning, critical }) => warning !== undefined || critical !== undefined, {
    message: 'A threshold for warning or critical is needed.',
  });

const common = {
  source: sourceSchema.prefault({}),
  groupBy: z.enum(RULE_GROUPINGS).default('agent'),
  /** Seconds of data behind one value. */
  windowSeconds: seconds(10, 7 * DAY_SECONDS)
    .multipleOf(10)
    .default(300),
  intervalSeconds: seconds(1, DAY_SECONDS).default(60),
  /** Data is asked for up to this long ago, so that its way to the store makes no gaps (alerting S21). */
  offsetSeconds: seconds(0, 3600).default(30),
  /** Fewer observations than this in the window are no data. */
  minimumCount: z.int().min(1).max(1_000_000).default(1),
  operator: z.enum(RULE_OPERATORS).default('>'),
  levels: levelsSchema,
  forSeconds: seconds(0, 7 * DAY_SECONDS).default(0),
  keepFiringForSeconds: seconds(0, 7 * DAY_SECONDS).default(0),
  /** A firing instance goes on until the value is past these, on the good side (alerting S11). */
  recovery: z.strictObject({ warning: z.number().optional(), critical: z.number().optional() }).prefault({}),
  noData: z.enum(NO_DATA_POLICIES).default('normal'),
  onError: z.enum(ERROR_POLICIES).default('alert'),
  /** Evaluations that a series may miss before its instance resolves (alerting S18). */
  missedEvaluations: z.int().min(1).max(1000).default(2),
  /** Instances that are not normal, at most (alerting S9). */
  instanceLimit: z.int().min(1).max(20_000).default(10_000),
  severities: z
    .strictObject({
      warning: z.enum(SEVERITIES).default('warning'),
      critical: z.enum(SEVERITIES).default('critical'),
    })
    .prefault({}),
  labels: z.record(labelName, text(500)).default({}),
  annotations: z.record(labelName, text(2000)).default({}),
  runbookUrl: text(2000).default(''),
  /**
   * Templates: `{{ value }}` and `{{ threshold }}` with their units, `{{ severity }}`, `{{ rule }}`, `{{ reason }}` and
   * every label by its name.
   */
  title: text(300).default(''),
  message: text(4000).default(''),
};

const thresholdSchema = z.strictObject({ type: z.literal('threshold'), ...common });

const rateOfChangeSchema = z.strictObject({
  type: z.literal('rate_of_change'),
  ...common,
  /** The value is how much the window differs from the one that ended this long before it. */
  compareSeconds: seconds(10, 7 * DAY_SECONDS)
    .multipleOf(10)
    .default(300),
  change: z.enum(['percent', 'absolute']).default('percent'),
});

const absenceSchema = z.strictObject({
  type: z.literal('absence'),
  ...common,
  source: sourceSchema.prefault({ metric: ANY_TELEMETRY }),
  /** Seconds of silence. */
  levels: levelsSchema,
  /** For an agent that should be heard, that nothing can be heard is the alert (alerting S19). */
  noData: z.enum(NO_DATA_POLICIES).default('alerting'),
});

const ratioSchema = z.strictObject({
  type: z.literal('ratio'),
  ...common,
  /** What is divided by the number of runs of agents, or of calls where `of` says so. */
  ratio: z.enum(['error_rate', 'cost_per_run', 'tokens_per_run']).default('error_rate'),
});

const anomalySchema = z.strictObject({
  type: z.literal('anomaly'),
  ...common,
  /** Levels are distances from the median of this hour of the week, in median absolute deviations. */
  levels: levelsSchema,
  weeks: z.int().min(3).max(8).default(4),
  direction: z.enum(['above', 'below', 'both']).default('both'),
});

const burnRateSchema = z.strictObject({
  type: z.literal('burn_rate'),
  ...common,
  /** Levels are multiples of the speed at which the budget would just last. */
  levels: levelsSchema,
  /** Share of runs that may fail. */
  budget: z.number().gt(0).lt(1).default(0.01),
  /** Both must be over the level: the long one says that it matters, the short one that it still goes on. */
  shortWindowSeconds: seconds(10, DAY_SECONDS).multipleOf(10).default(300),
});

const anyDefinition = z.discriminatedUnion('type', [
  thresholdSchema,
  rateOfChangeSchema,
  absenceSchema,
  ratioSchema,
  anomalySchema,
  burnRateSchema,
]);

/** Whether an operator stands in a rule that goes by another, and the other way round: `<` in one that judges distances. */
const isTurned = (rule: z.output<typeof anyDefinition>) =>
  operatorOf(rule).startsWith('>') && rule.operator.startsWith('<');

type Issue = { path: string[]; message: string };

function contradictions(rule: z.output<typeof anyDefinition>): Issue[] {
  const { levels, operator, recovery } = rule;
  const issues: Issue[] = isTurned(rule) ? [] : levelsOutOfOrder(rule, operator);
  for (const level of ['warning', 'critical'] as const) {
    if (recovery[level] !== undefined && levels[level] === undefined)
      issues.push({ path: ['recovery', level], message: 'There is no such level.' });
  }
  const ofSpans = rule.source.metric === 'operations';
  const measures: readonly string[] = ofSpans ? OPERATION_MEASURES : METRIC_MEASURES;
  const measured = rule.type === 'threshold' || rule.type === 'rate_of_change' || rule.type === 'anomaly';
  if (measured && !measures.includes(rule.source.measure))
    issues.push({
      path: ['source', 'measure'],
      message: `${rule.source.metric} has ${measures.join(', ')}.`,
    });
  if (rule.source.metric === ANY_TELEMETRY && rule.type !== 'absence')
    issues.push({ path: ['source', 'metric'], message: 'Only absence rules ask for any telemetry.' });
  if (rule.type === 'absence' && rule.groupBy !== 'agent')
    issues.push({ path: ['groupBy'], message: 'Absence is watched per agent.' });
  if ((rule.type === 'ratio' || rule.type === 'burn_rate') && !ofSpans)
    issues.push({ path: ['source', 'metric'], message: 'This type of rule looks at operations.' });
  if (rule.type === 'burn_rate' && rule.shortWindowSeconds >= rule.windowSeconds)
    issues.push({ path: ['shortWindowSeconds'], message: 'The short window must be the shorter one.' });
  return issues;
}

/** Everything about a rule that decides; kept whole in every version. What is stored is read by this. */
export const ruleDefinitionSchema = anyDefinition.superRefine((rule, context) => {
  for (const issue of contradictions(rule)) context.addIssue({ code: 'custom', ...issue });
});
export type RuleDefinition = z.output<typeof ruleDefinitionSchema> & { type: RuleType };
export type RuleDefinitionInput = z.input<typeof ruleDefinitionSchema>;

/**
 * A definition as somebody gives it. Levels that make no sense are refused here only: rules that were stored with
 * such levels go on being read.
 */
export const givenDefinitionSchema = ruleDefinitionSchema.superRefine((rule, context) => {
  const order = isTurned(rule) ? levelsOutOfOrder(rule, operatorOf(rule)) : [];
  for (const issue of [...order, ...levelsOutOfBounds(rule)]) context.addIssue({ code: 'custom', ...issue });
});

export const ruleNameSchema = z.string().trim().min(1).max(120);

/** Rules of one file. */
export const MOST_RULES_IN_FILE = 1000;

/** How rules stand in a file: what the export writes and the import reads. */
export const ruleFileSchema = z.strictObject({
  rules: z
    .array(
      z.strictObject({
        name: ruleNameSchema,
        enabled: z.boolean().default(true),
        definition: givenDefinitionSchema,
      }),
    )
    .max(MOST_RULES_IN_FILE),
});

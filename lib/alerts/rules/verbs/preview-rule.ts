import { z } from 'zod';
import { readAgentsWithoutRuns } from '#db/agents-without-runs.ts';
import type { Reader as Database } from '#db/client.ts';
import { databaseNow } from '#db/now.ts';
import { readReceptions } from '#db/receptions.ts';
import { defineQuery } from '#lib/command/define-query.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { ANY_TELEMETRY } from '#lib/model/alert-rule.ts';
import { givenDefinitionSchema, type RuleDefinition, ruleNameSchema } from '#lib/model/alert-rule-schema.ts';
import type { RulePreview } from '#lib/model/alert-rule-view.ts';
import { looksAtRuns } from '#lib/model/looks-at-runs.ts';
import type { MetricReader, WindowsAnswer, WindowsQuery } from '#lib/ports/metric-store/port.ts';
import { type EvaluationPlan, planEvaluation } from '../../evaluate/plan-evaluation.ts';
import { agentsOf, readWatchedAgents, type WatchedAgent } from '../../evaluate/watched-agents.ts';
import type { RuleResult } from '../instance.ts';
import { exampleMessage } from './example-message.ts';
import { replayRule } from './replay-rule.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const MAX_EVALUATIONS = 360;
const MAX_SERIES = 100;

type Reader = Pick<MetricReader, 'measureWindows'>;

/**
 * The moments of a preview: the rule's interval, or as many steps as are allowed, up to its last evaluation
 * (in a long range the last whole minute at least), so that what fires now is seen to fire.
 */
function momentsOf({ intervalSeconds }: RuleDefinition, toMs: number, hours: number) {
  const least = Math.ceil((hours * 3600) / MAX_EVALUATIONS / 10) * 10;
  const stepSeconds = Math.max(least, Math.ceil(intervalSeconds / 10) * 10);
  const stepMs = stepSeconds * 1000;
  const gridMs = Math.max(Math.min(stepMs, MINUTE_MS), Math.ceil(intervalSeconds / 10) * 10_000);
  const last = Math.floor(toMs / gridMs) * gridMs;
  const count = Math.max(1, Math.floor((hours * HOUR_MS) / stepMs));
  const times = Array.from({ length: count }, (_, i) => last - (count - 1 - i) * stepMs);
  return { stepSeconds, times };
}

/** Runs are what is left of the past of "any telemetry". */
function asOfThen(definition: RuleDefinition): RuleDefinition {
  const { source } = definition;
  if (source.metric !== ANY_TELEMETRY) return definition;
  return { ...definition, source: { ...source, metric: 'operations', measure: 'requests' } };
}

/** The agents with the most runs in the range, where there are too many to show. */
async function busiest(metrics: Reader, teamId: string, agents: WatchedAgent[], from: number, to: number) {
  if (agents.length <= MAX_SERIES) return agents;
  const { counts } = await metrics.measureWindows(teamId, {
    ...{ metric: 'operations', measure: 'requests' },
    groups: agents.map(({ id }) => [id]),
    windows: [{ from, to }],
  });
  const ranked = agents.map((agent, i) => ({ agent, count: counts[i]?.[0] ?? 0 }));
  return ranked
    .sort((a, b) => b.count - a.count)
    .slice(0, MAX_SERIES)
    .map(({ agent }) => agent);
}

/** Agents that the rule watches and can see nothing of: it counts runs, and they send none. */
async function unseenBy(
  definition: RuleDefinition,
  db: Database,
  teamId: string,
  watched: readonly WatchedAgent[],
): Promise<string[]> {
  if (!looksAtRuns(definition)) return [];
  const runless = await readAgentsWithoutRuns(db, teamId);
  const unseen = watched.filter(({ id }) => runless.has(id));
  return unseen.slice(0, MAX_SERIES).map(({ labels }) => labels.agent);
}

const nameOf = ({ from, to }: { from: number; to: number }) => `${from}-${to}`;

/** Answers the same question of many plans at once: every window is asked for once. */
async function answersOf(
  metrics: Reader,
  teamId: string,
  plans: readonly EvaluationPlan[],
  question: number,
): Promise<(plan: EvaluationPlan) => WindowsAnswer> {
  const asked = plans.map(({ queries }) => queries[question]).filter((query) => query !== undefined);
  const windows = [
    ...new Map(asked.flatMap((query) => query.windows.map((window) => [nameOf(window), window]))).values(),
  ];
  const place = new Map(windows.map((window, i) => [nameOf(window), i]));
  const [first] = asked;
  const whole = first ? await metrics.measureWindows(teamId, { ...first, windows }) : null;
  const pick = <T>(rows: readonly T[][] | undefined, query: WindowsQuery | undefined) =>
    (rows ?? []).map((row) =>
      (query?.windows ?? []).map((window) => row[place.get(nameOf(window)) ?? 0] as T),
    );
  return ({ queries }) => ({
    values: pick(whole?.values, queries[question]),
    counts: pick(whole?.counts, queries[question]),
  });
}

async function resultsOf(
  metrics: Reader,
  teamId: string,
  plans: readonly EvaluationPlan[],
): Promise<RuleResult[]> {
  const questions = Array.from({ length: plans[0]?.queries.length ?? 0 }, (_, i) => i);
  const answers = await Promise.all(questions.map((question) => answersOf(metrics, teamId, plans, question)));
  return plans.map((plan) => plan.conclude(answers.map((of) => of(plan))));
}

/**
 * What a rule would have done over the last hours: its state machine runs over the history of the metric
 * store, up to 360 evaluations. Agents that were deleted since are not in it.
 *
 * @throws AppError `unavailable` in a process without a metric store
 */
export const previewRule = defineQuery({
  name: 'alert-rules.preview',
  permission: 'alert-rules:read',
  isHeavy: true,
  input: z.strictObject({
    definition: givenDefinitionSchema,
    hours: z.int().min(1).max(168).default(24),
    name: ruleNameSchema.default('Preview').describe('As the messages will call it'),
  }),
  async run({ input, actor, db, deps }): Promise<RulePreview> {
    const { metrics } = deps;
    if (!metrics) throw new AppError('unavailable', 'There is no metric store here.');
    const definition = asOfThen(input.definition);
    const { stepSeconds, times } = momentsOf(definition, (await databaseNow(db)).getTime(), input.hours);
    const [from = 0, to = 0] = [times[0], times.at(-1)];
    const all = agentsOf(definition, await readWatchedAgents(db, actor.teamId));
    const agents = definition.groupBy === 'agent' ? await busiest(metrics, actor.teamId, all, from, to) : all;
    const receptions = await readReceptions(db);
    const plans = times.map((atMs) => planEvaluation(definition, agents, receptions, atMs));
    const results = await resultsOf(metrics, actor.teamId, plans);
    const rule = { id: 'preview', teamId: actor.teamId, name: input.name, version: 0, definition };
    const replayed = replayRule(
      rule,
      results.map((result, i) => ({ result, atMs: times[i] ?? 0 })),
    );
    const watched = { seriesWatched: agents.length, seriesLeftOut: all.length - agents.length };
    const example = exampleMessage({ ...rule, definition: input.definition }, results, to);
    const withoutRuns = await unseenBy(input.definition, db, actor.teamId, all);
    return { from, to, stepSeconds, times, ...replayed, ...watched, withoutRuns, example };
  },
});

import { ANY_TELEMETRY } from '#lib/model/alert-rule.ts';
import type { RuleDefinition } from '#lib/model/alert-rule-schema.ts';
import { listeningSince, type ReceptionStretch, silentSince, wasListening } from '#lib/model/reception.ts';
import type { WindowsAnswer, WindowsQuery } from '#lib/ports/metric-store/port.ts';
import { GRAIN_MS, type RulePoint, type RuleResult } from '../rules/instance.ts';
import { deviation, LEAST_WEEKS, usualWindows } from './anomaly.ts';
import { isWholeTeam, type SeriesGroup, seriesGroups, type WatchedAgent } from './watched-agents.ts';

type Of<T extends RuleDefinition['type']> = Extract<RuleDefinition, { type: T }>;

/** What is to be asked of the metric store, and what the answers mean. */
export interface EvaluationPlan {
  queries: WindowsQuery[];
  conclude(answers: readonly WindowsAnswer[]): RuleResult;
}

type Judged = Pick<RulePoint, 'value' | 'judged'>;
const NOTHING: Judged = { value: null, judged: null };

/** Values of one series: by query, by window. */
type Series = { values: (number | null)[][]; counts: number[][] };

interface Shape {
  /** Measures that are asked for, each over all windows. */
  measures: Pick<WindowsQuery, 'metric' | 'measure'>[];
  windows: WindowsQuery['windows'];
  judge(series: Series): Judged;
}

const both = (a: number | null | undefined, b: number | null | undefined): [number, number] | null =>
  a === null || a === undefined || b === null || b === undefined ? null : [a, b];

function thresholdShape({ source }: RuleDefinition, windows: Shape['windows']): Shape {
  return {
    measures: [{ metric: source.metric, measure: source.measure }],
    windows,
    judge({ values }) {
      const value = values[0]?.[0] ?? null;
      return { value, judged: value };
    },
  };
}

function changeShape(definition: Of<'rate_of_change'>, [now]: Shape['windows']): Shape {
  const { source, change, compareSeconds } = definition;
  const by = compareSeconds * 1000;
  return {
    measures: [{ metric: source.metric, measure: source.measure }],
    windows: now ? [now, { from: now.from - by, to: now.to - by }] : [],
    judge({ values }) {
      const pair = both(values[0]?.[0], values[0]?.[1]);
      if (pair === null || (change === 'percent' && pair[1] === 0)) return NOTHING;
      const difference = pair[0] - pair[1];
      const judged = change === 'percent' ? (difference / Math.abs(pair[1])) * 100 : difference;
      return { value: judged, judged };
    },
  };
}

const MEASURE_OF_RATIO = { cost_per_run: 'cost', tokens_per_run: 'tokens' } as const;

function ratioShape({ ratio }: Of<'ratio'>, windows: Shape['windows']): Shape {
  const metric = 'operations';
  if (ratio === 'error_rate') {
    const judge: Shape['judge'] = ({ values }) => {
      const value = values[0]?.[0] ?? null;
      return { value, judged: value };
    };
    return { measures: [{ metric, measure: 'error_rate' }], windows, judge };
  }
  return {
    measures: [
      { metric, measure: 'requests' },
      { metric, measure: MEASURE_OF_RATIO[ratio] },
    ],
    windows,
    judge({ values }) {
      const pair = both(values[1]?.[0], values[0]?.[0]);
      if (pair === null || pair[1] === 0) return NOTHING;
      return { value: pair[0] / pair[1], judged: pair[0] / pair[1] };
    },
  };
}

function burnShape({ budget, shortWindowSeconds }: Of<'burn_rate'>, [long]: Shape['windows']): Shape {
  return {
    measures: [{ metric: 'operations', measure: 'error_rate' }],
    windows: long ? [long, { from: long.to - shortWindowSeconds * 1000, to: long.to }] : [],
    judge({ values }) {
      const rate = values[0]?.[0] ?? null;
      if (rate === null) return NOTHING;
      return { value: rate, judged: Math.min(rate, values[0]?.[1] ?? 0) / budget };
    },
  };
}

function anomalyShape({ source, weeks, direction }: Of<'anomaly'>, [now]: Shape['windows']): Shape {
  const usual = now ? usualWindows(now, weeks) : [];
  return {
    measures: [{ metric: source.metric, measure: source.measure }],
    windows: now ? [now, ...usual.flat()] : [],
    judge({ values }) {
      const [value = null, ...before] = values[0] ?? [];
      if (value === null) return NOTHING;
      const size = usual[0]?.length ?? 1;
      const history = usual.map((_, week) => before.slice(week * size, (week + 1) * size));
      return { value, judged: deviation(value, history, direction) };
    },
  };
}

type Receptions = readonly ReceptionStretch[];

const timesOf = ({ levels }: RuleDefinition): number[] =>
  [levels.warning, levels.critical].filter((seconds) => seconds !== undefined);

/**
 * Silence of a metric: the longest of the levels' times in which nothing came although it was listened to. A
 * window reaches back over an outage to where that long was listened to before.
 */
function silenceShape(definition: Of<'absence'>, [now]: Shape['windows'], receptions: Receptions): Shape {
  const { metric } = definition.source;
  const to = now?.to ?? 0;
  const asked = timesOf(definition).flatMap((time) => {
    const since = silentSince(receptions, to, Math.ceil(time / 10) * GRAIN_MS);
    return since === null ? [] : [{ time, from: Math.floor(since / GRAIN_MS) * GRAIN_MS }];
  });
  return {
    measures: asked.length === 0 ? [] : [{ metric, measure: metric === 'operations' ? 'requests' : 'count' }],
    windows: asked.map(({ from }) => ({ from, to })),
    judge({ counts }) {
      const silent = Math.max(
        0,
        ...asked.filter((_, i) => (counts[0]?.[i] ?? 0) === 0).map(({ time }) => time),
      );
      return { value: silent, judged: silent };
    },
  };
}

function shapeOf(definition: RuleDefinition, windows: Shape['windows'], receptions: Receptions): Shape {
  if (definition.type === 'rate_of_change') return changeShape(definition, windows);
  if (definition.type === 'ratio') return ratioShape(definition, windows);
  if (definition.type === 'burn_rate') return burnShape(definition, windows);
  if (definition.type === 'anomaly') return anomalyShape(definition, windows);
  if (definition.type === 'absence') return silenceShape(definition, windows, receptions);
  return thresholdShape(definition, windows);
}

const pointOf = ({ labels, agentId }: SeriesGroup, judged: Judged): RulePoint => ({
  labels,
  agentId,
  ...judged,
});

/** Agents that should be heard: they were once, and nobody stopped them. */
const isExpected = (agent: WatchedAgent) => agent.lastTelemetryMs !== null && !agent.isStopped;

function silentAgents(
  definition: RuleDefinition,
  agents: readonly WatchedAgent[],
  receptions: Receptions,
  atMs: number,
): EvaluationPlan {
  const groups = seriesGroups(definition, agents.filter(isExpected));
  const from = listeningSince(receptions, atMs) ?? atMs;
  const levels = timesOf(definition).map((time) => ({
    time,
    since: silentSince(receptions, atMs, time * 1000),
  }));
  const points = groups.map((group) => {
    const heard = group.agents[0]?.lastTelemetryMs ?? atMs;
    // Since it is listened again, or a time that was listened to before.
    const proven = levels.filter(({ since }) => since !== null && heard <= since).map(({ time }) => time);
    const silent = Math.max(0, (atMs - Math.max(heard, from)) / 1000, ...proven);
    return pointOf(group, { value: silent, judged: silent });
  });
  const result: RuleResult =
    points.length === 0 ? { kind: 'nothing_expected' } : { kind: 'points', points, isHeard: true };
  return { queries: [], conclude: () => result };
}

function concludeSeries(
  definition: RuleDefinition,
  groups: readonly SeriesGroup[],
  shape: Shape,
  isHeard: boolean,
  answers: readonly WindowsAnswer[],
): RuleResult {
  const isAbsence = definition.type === 'absence';
  const points = groups.map((group, g) => {
    const values = answers.map((answer) => answer.values[g] ?? []);
    const counts = answers.map((answer) => answer.counts[g] ?? []);
    const isThin = !isAbsence && (counts[0]?.[0] ?? 0) < definition.minimumCount;
    const judged = isThin ? NOTHING : shape.judge({ values, counts });
    const asZero = isHeard && judged.judged === null && definition.noData === 'zero';
    return pointOf(group, asZero ? { value: 0, judged: 0 } : judged);
  });
  const isLearning = definition.type === 'anomaly' && points.some(({ value }) => value !== null);
  if (isLearning && points.every(({ judged }) => judged === null)) {
    return { kind: 'learning', reason: `fewer than ${LEAST_WEEKS} weeks of this hour are known` };
  }
  return { kind: 'points', points, isHeard };
}

/**
 * Plans the evaluation of a rule at a moment. Data is asked for up to the rule's offset before it, on whole
 * windows of 10 s (alerting S21). What is missing while nobody could take telemetry says nothing of its sender
 * (alerting S27).
 */
export function planEvaluation(
  definition: RuleDefinition,
  agents: readonly WatchedAgent[],
  receptions: Receptions,
  atMs: number,
): EvaluationPlan {
  const isAbsence = definition.type === 'absence';
  if (isAbsence && definition.source.metric === ANY_TELEMETRY) {
    return silentAgents(definition, agents, receptions, atMs);
  }
  const to = Math.floor((atMs - definition.offsetSeconds * 1000) / GRAIN_MS) * GRAIN_MS;
  const window = { from: to - definition.windowSeconds * 1000, to };
  const shape = shapeOf(definition, [window], receptions);
  const isHeard = wasListening(receptions, window);
  const groups = seriesGroups(definition, isAbsence ? agents.filter(isExpected) : agents);
  const isNobody = !isWholeTeam(definition) && groups.every((group) => group.agents.length === 0);
  if (isNobody) return { queries: [], conclude: () => ({ kind: 'nothing_expected' }) };
  const { of, model } = definition.source;
  const asked = isWholeTeam(definition) ? null : groups.map((group) => group.agents.map(({ id }) => id));
  return {
    queries: shape.measures.map((measure) => ({
      ...measure,
      of,
      model,
      groups: asked,
      windows: shape.windows,
    })),
    conclude: (answers) => concludeSeries(definition, groups, shape, isHeard, answers),
  };
}

import type { Labels } from '#lib/model/alert.ts';
import type { RuleDefinition } from '#lib/model/alert-rule-schema.ts';
import { matcherTest } from '#lib/model/label-matcher.ts';
import { isWholeTeam } from '../evaluate/watched-agents.ts';
import type { Rule } from '../rules/instance.ts';
import { judge } from '../rules/verdict.ts';
import { type LiveColumn, type LiveSeries, LONGEST_LIVE_MS } from './live-series.ts';

/** How urgent a breach is: 0 none, 1 warning, 2 critical. */
export type Rank = 0 | 1 | 2;

type Read = (series: LiveSeries, nowMs: number) => number | null;

/** A rule that can be judged on live values. */
export interface LiveRule {
  rule: Rule;
  scope: 'agent' | 'team';
  windowMs: number;
  /** Data older than this process must be known before it may judge: sums from the store, durations live. */
  needs: 'nothing' | 'sums' | 'durations';
  appliesTo(agentId: string, labels: Labels): boolean;
  /** The value that is held against the levels; null is no data. */
  read: Read;
  /** The level that a value reaches. */
  rank(judged: number): Rank;
}

const RATES: Record<string, readonly LiveColumn[]> = {
  requests: ['requests'],
  errors: ['errors'],
  input_tokens: ['inputTokens'],
  output_tokens: ['outputTokens'],
  tokens: ['inputTokens', 'outputTokens'],
  cost: ['costMicros'],
};
const QUANTILES: Record<string, number> = { latency_p50: 0.5, latency_p95: 0.95, latency_p99: 0.99 };
const MICROS = 1e6;

const total = (series: LiveSeries, columns: readonly LiveColumn[], windowMs: number, nowMs: number) =>
  columns.reduce((sum, column) => sum + series.sum(column, windowMs, nowMs), 0);

type Reading = Pick<LiveRule, 'needs' | 'read'>;

function perRun(columns: readonly LiveColumn[], unit: number, windowMs: number, least: number): Reading {
  return {
    needs: 'sums',
    read(series, nowMs) {
      const runs = series.sum('requests', windowMs, nowMs);
      return runs < least ? null : total(series, columns, windowMs, nowMs) / unit / runs;
    },
  };
}

function ofSpans(measure: string, windowMs: number, least: number): Reading | null {
  const quantile = QUANTILES[measure];
  if (quantile !== undefined) {
    return {
      needs: 'durations',
      read: (series, nowMs) =>
        series.sum('requests', windowMs, nowMs) < least ? null : series.quantile(quantile, windowMs, nowMs),
    };
  }
  if (measure === 'error_rate') return perRun(['errors'], 1, windowMs, least);
  const columns = RATES[measure];
  if (columns === undefined) return null;
  const scale = 60_000 / windowMs / (measure === 'cost' ? MICROS : 1);
  return {
    needs: 'nothing',
    read(series, nowMs) {
      const hasEnough = least <= 1 || series.sum('requests', windowMs, nowMs) >= least;
      return hasEnough ? total(series, columns, windowMs, nowMs) * scale : null;
    },
  };
}

function readingOf(definition: RuleDefinition, windowMs: number): Reading | null {
  const { source, minimumCount, operator } = definition;
  const isUpward = operator.startsWith('>');
  if (definition.type === 'ratio' && isUpward) {
    if (definition.ratio === 'error_rate') return perRun(['errors'], 1, windowMs, minimumCount);
    if (definition.ratio === 'cost_per_run') return perRun(['costMicros'], MICROS, windowMs, minimumCount);
    return perRun(['inputTokens', 'outputTokens'], 1, windowMs, minimumCount);
  }
  if (definition.type !== 'threshold') return null;
  if (source.metric !== 'operations') {
    const isLatest = ['last', isUpward ? 'max' : 'min'].includes(source.measure);
    if (!isLatest || minimumCount > 1) return null;
    return { needs: 'nothing', read: ({ metrics }) => metrics.get(source.metric) ?? null };
  }
  // A window that fills up is low before it is right: only too much can be seen early.
  return isUpward ? ofSpans(source.measure, windowMs, minimumCount) : null;
}

/** The rule as ticks can judge it; null when it must wait for the grid. */
export function liveRule(rule: Rule): LiveRule | null {
  const { definition } = rule;
  const { source, groupBy, forSeconds } = definition;
  const windowMs = definition.windowSeconds * 1000;
  const isWhole = isWholeTeam(definition);
  if (forSeconds > 0 || windowMs > LONGEST_LIVE_MS || !(groupBy === 'agent' || isWhole)) return null;
  // Ticks don't tell models apart, and count runs.
  if (source.model !== undefined || (source.of !== undefined && source.of !== 'agent')) return null;
  if (isWhole && source.metric !== 'operations') return null;
  const reading = readingOf(definition, windowMs);
  if (reading === null) return null;
  const passes = matcherTest(source.matchers);
  const only = source.agentIds.length === 0 ? null : new Set(source.agentIds);
  return {
    ...reading,
    rule,
    windowMs,
    scope: isWhole ? 'team' : 'agent',
    appliesTo: (agentId, labels) => (only?.has(agentId) ?? true) && passes(labels),
    rank(judged) {
      const level = judge(definition, judged, null);
      return level === 'critical' ? 2 : level === 'warning' ? 1 : 0;
    },
  };
}

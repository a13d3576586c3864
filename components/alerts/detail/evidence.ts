import { MEASURES, type Unit } from '#components/charts/prepare/measures.ts';
import type { RuleDefinition } from '#lib/model/alert-rule-schema.ts';
import type { AlertDetail } from '#lib/model/alert-view.ts';
import type { LiveMeasure } from '#lib/model/live.ts';
import type { MetricMeasure, OperationMeasure } from '#lib/model/metric.ts';

/** What is drawn to show what an alert saw. */
export interface Evidence {
  title: string;
  unit: Unit;
  question: { metric?: string; measure: LiveMeasure | MetricMeasure; agentId?: string };
  /** Lines across the chart, in the unit of the store. */
  thresholds: { label: string; value: number }[];
  fromMs: number;
  toMs: number;
}

const BEFORE_MS = 45 * 60_000;
const AFTER_MS = 15 * 60_000;
const LONGEST_MS = 24 * 3_600_000;

const isLive = (measure: string): measure is LiveMeasure => Object.hasOwn(MEASURES, measure);

/** The measure that a rule judges, or the one that shows it best. */
function measureOf(rule: RuleDefinition): OperationMeasure | MetricMeasure {
  if (rule.type === 'burn_rate') return 'error_rate';
  if (rule.type === 'absence') return 'requests';
  if (rule.type !== 'ratio') return rule.source.measure;
  return { error_rate: 'error_rate', cost_per_run: 'cost', tokens_per_run: 'tokens' }[
    rule.ratio
  ] as OperationMeasure;
}

/** Thresholds that can be drawn: those in the unit of the line. */
function thresholdsOf(rule: RuleDefinition): Evidence['thresholds'] {
  const scale = rule.type === 'burn_rate' ? rule.budget : 1;
  const isDrawn =
    rule.type === 'threshold' ||
    rule.type === 'burn_rate' ||
    (rule.type === 'ratio' && rule.ratio === 'error_rate');
  if (!isDrawn) return [];
  return (['critical', 'warning'] as const).flatMap((level) => {
    const value = rule.levels[level];
    return value === undefined ? [] : [{ label: `${level} at`, value: value * scale }];
  });
}

/** From well before it began to a while after it ended, a day at most. */
function rangeOf({ startsAt, resolved }: AlertDetail, nowMs: number): { fromMs: number; toMs: number } {
  const endMs = Math.min(resolved?.at ?? nowMs, startsAt + LONGEST_MS);
  return { fromMs: startsAt - BEFORE_MS, toMs: Math.min(nowMs, Math.max(endMs, startsAt) + AFTER_MS) };
}

/**
 * The chart behind an alert: what its rule judged, around the moment it began. What came from elsewhere is shown
 * by its agent's error rate; null when there is nothing of ours to show.
 */
export function evidenceOf(alert: AlertDetail, rule: RuleDefinition | null, nowMs: number): Evidence | null {
  const range = rangeOf(alert, nowMs);
  const scope = alert.agent === null ? {} : { agentId: alert.agent.id };
  if (rule === null) {
    if (alert.agent === null) return null;
    const { label, unit } = MEASURES.error_rate;
    return { title: label, unit, question: { measure: 'error_rate', ...scope }, thresholds: [], ...range };
  }
  const measure = measureOf(rule);
  const { metric } = rule.source;
  const ofMetric = rule.type !== 'absence' && metric !== 'operations';
  const look = !ofMetric && isLive(measure) ? MEASURES[measure] : null;
  return {
    title: look?.label ?? (ofMetric ? `${metric}, ${measure}` : measure.replaceAll('_', ' ')),
    unit: look?.unit ?? (measure === 'latency_avg' ? 'duration' : 'plain'),
    question: { ...(ofMetric && { metric }), measure: measure as LiveMeasure | MetricMeasure, ...scope },
    thresholds: thresholdsOf(rule),
    ...range,
  };
}

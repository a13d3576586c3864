import type { MetricMeasure, OperationMeasure } from '#lib/model/metric.ts';
import type { MetricKind } from '#lib/model/telemetry.ts';

export interface AggregateMeasure {
  kind: 'aggregate';
  /** SQL aggregate over roll-up rows. */
  aggregate: string;
  /**
   * How two aggregates of one step come together; `later` keeps the one of the later rows. `known` adds, and NaN is
   * a sum of which nothing is known: it stays so beside nothing, and gives way to any part that is known.
   */
  combine: 'add' | 'min' | 'max' | 'later' | 'known';
  /** @param count calls or observations in the step, at least 1 */
  value(aggregate: number, count: number, stepSeconds: number): number;
}

/** How a measure is computed from roll-up rows. */
export type Measure = AggregateMeasure | { kind: 'quantile'; quantile: number };

const plain = (value: number): number => value;
const perMinute = (value: number, _: number, stepSeconds: number): number => (value * 60) / stepSeconds;
const perSecond = (value: number, _: number, stepSeconds: number): number => value / stepSeconds;
const perCall = (value: number, count: number): number => value / count;

const rate = (column: string): AggregateMeasure => ({
  kind: 'aggregate',
  aggregate: `sum(${column})`,
  combine: 'add',
  value: perMinute,
});
/** Calls without a price cost something: where nothing else was spent, the cost is not known. */
const COST: AggregateMeasure = {
  kind: 'aggregate',
  aggregate: `case when sum(cost) = 0 and sum(unpriced_calls) > 0 then 'NaN' else sum(cost) end`,
  combine: 'known',
  value: perMinute,
};
const mean = (column: string): AggregateMeasure => ({
  kind: 'aggregate',
  aggregate: `sum(${column})`,
  combine: 'add',
  value: perCall,
});
const quantile = (value: number): Measure => ({ kind: 'quantile', quantile: value });

/** Mean duration of spans, and mean of what a metric observed: what groups are ranked by where their percentiles aren't known. */
export const MEAN_DURATION = mean('duration_sum');
export const MEAN_OBSERVATION = mean('sum');

/** Measures of spans, over the columns of the tables `rollup_operations_*`. */
export const OPERATION_MEASURE: Record<OperationMeasure, Measure> = {
  requests: rate('calls'),
  errors: rate('errors'),
  error_rate: mean('errors'),
  latency_p50: quantile(0.5),
  latency_p95: quantile(0.95),
  latency_p99: quantile(0.99),
  latency_avg: MEAN_DURATION,
  input_tokens: rate('input_tokens'),
  output_tokens: rate('output_tokens'),
  tokens: rate('input_tokens + output_tokens'),
  cost: COST,
  unpriced_calls: rate('unpriced_calls'),
};

const METRIC_MEASURE: Record<Exclude<MetricMeasure, 'rate'>, Measure> = {
  avg: MEAN_OBSERVATION,
  min: { kind: 'aggregate', aggregate: 'min(min)', combine: 'min', value: plain },
  max: { kind: 'aggregate', aggregate: 'max(max)', combine: 'max', value: plain },
  last: {
    kind: 'aggregate',
    aggregate: '(array_agg(last order by at desc) filter (where last is not null))[1]',
    combine: 'later',
    value: plain,
  },
  sum: { kind: 'aggregate', aggregate: 'sum(sum)', combine: 'add', value: plain },
  count: { kind: 'aggregate', aggregate: 'sum(count)', combine: 'add', value: plain },
  p50: quantile(0.5),
  p95: quantile(0.95),
  p99: quantile(0.99),
};

/** A measure of an OTLP metric; the rate of a sum is that of its value, of anything else that of its observations. */
export function metricMeasure(measure: MetricMeasure, kind: MetricKind): Measure {
  if (measure !== 'rate') return METRIC_MEASURE[measure];
  const column = kind.endsWith('sum') ? 'sum' : 'count';
  return { kind: 'aggregate', aggregate: `sum(${column})`, combine: 'add', value: perSecond };
}

import { z } from 'zod';
import { plainText } from './agent-schema.ts';
import { momentMs } from './time-schema.ts';

/** Roll-up levels, finest first, in seconds. */
export const ROLLUP_LEVELS = [10, 60, 3600, 86_400] as const;
export type RollupLevel = (typeof ROLLUP_LEVELS)[number];

/**
 * The measures that can be asked of the span-derived operations of an agent, a team or the fleet. Counts,
 * tokens and cost (US dollars) are rates per minute, so that a line means the same at any resolution;
 * latencies are milliseconds; `error_rate` is a fraction. Cost is the known part of it, null where calls were made
 * and no price is known of any; `unpriced_calls` are those of which none is.
 */
export const OPERATION_MEASURES = [
  'requests',
  'errors',
  'error_rate',
  'latency_p50',
  'latency_p95',
  'latency_p99',
  'latency_avg',
  'input_tokens',
  'output_tokens',
  'tokens',
  'cost',
  'unpriced_calls',
] as const;
export type OperationMeasure = (typeof OPERATION_MEASURES)[number];

/** The measures that can be asked of an OTLP metric, in its unit. `rate` is per second; `sum` and `count` are per step. */
export const METRIC_MEASURES = [
  'avg',
  'min',
  'max',
  'last',
  'sum',
  'rate',
  'count',
  'p50',
  'p95',
  'p99',
] as const;
export type MetricMeasure = (typeof METRIC_MEASURES)[number];

export const GROUP_BY = ['none', 'agent', 'model', 'operation', 'provider'] as const;

/**
 * A metric query as a page or the API asks it. Times are Unix milliseconds; `pixels` is the width of
 * the panel and, with the range, decides the resolution.
 */
export const metricQuerySchema = z.strictObject({
  from: momentMs,
  to: momentMs,
  pixels: z.coerce.number().int().min(10).max(4000).default(800),
  /** `operations` for span-derived measures, otherwise the name of an OTLP metric. */
  metric: plainText(255, 1).default('operations'),
  measure: z.enum([...OPERATION_MEASURES, ...METRIC_MEASURES]),
  agentId: z.uuid().optional(),
  /** Only agents of this environment; what no agent is known for is left out. */
  environment: plainText(64, 1).optional(),
  model: plainText(128).optional(),
  /** `agent` (agent runs), `model` (model calls), `tool`; which spans count. Defaults to what fits the measure. */
  of: z.enum(['agent', 'model', 'tool']).optional(),
  groupBy: z.enum(GROUP_BY).default('none'),
  /** With groupBy: keep the top N groups by total over the range. */
  top: z.coerce.number().int().min(1).max(100).default(20),
});
export type MetricQuery = z.infer<typeof metricQuerySchema>;

/** One line of an answer. `values[i]` belongs to `times[i]` of the answer; null is missing, never zero. */
export interface MetricLine {
  key: string;
  label: string;
  values: (number | null)[];
  /** The measure over the whole range at once, in the same unit; null when nothing was observed. */
  overall: number | null;
}

export interface MetricAnswer {
  /** Seconds between two times. */
  stepSeconds: number;
  /** Window starts, Unix milliseconds, ascending. */
  times: number[];
  /**
   * Up to when values are known, Unix milliseconds. The step that holds this moment is covered up to it only:
   * its rates are over that part.
   */
  coveredTo: number;
  lines: MetricLine[];
  /** Observations behind the answer. */
  sampleSize: number;
  /** True when percentiles were estimated from the buckets of a histogram and not from spans. */
  estimatedFromBuckets: boolean;
}

/**
 * Metrics: what the dashboard and the API ask about numbers over time. The work is the metric store's; this
 * room says who may ask and in which words.
 */
import { z } from 'zod';
import { defineQuery } from '#lib/command/define-query.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { metricQuerySchema } from '#lib/model/metric.ts';
import type { MetricReader } from '#lib/ports/metric-store/port.ts';

function reader(metrics: MetricReader | undefined): MetricReader {
  if (!metrics) throw new AppError('unavailable', 'This process answers no metric queries.');
  return metrics;
}

/** A chart: the lines of one measure over a range, in as many points as the panel has pixels at most. */
export const queryMetric = defineQuery({
  name: 'metrics.query',
  permission: 'metrics:read',
  input: metricQuerySchema.refine((query) => query.from < query.to, {
    path: ['to'],
    message: 'The end must lie after the start',
  }),
  run: ({ input, actor, deps }) => reader(deps.metrics).query(actor.teamId, input),
});

/** The OTLP metrics that an agent, or any agent of the team, has sent. */
export const listMetrics = defineQuery({
  name: 'metrics.list',
  permission: 'metrics:read',
  input: z.strictObject({ agentId: z.uuid().optional() }),
  run: ({ input, actor, deps }) => reader(deps.metrics).listMetrics(actor.teamId, input.agentId),
});

/**
 * Metrics: what the dashboard and the API ask about numbers over time. The work is the metric store's; this
 * room says who may ask and in which words.
 */
import { and, eq, isNull } from 'drizzle-orm';
import { z } from 'zod';
import type { Reader } from '#db/client.ts';
import { agents } from '#db/schema/agents.ts';
import { defineQuery } from '#lib/command/define-query.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { metricQuerySchema } from '#lib/model/metric.ts';
import type { MetricReader } from '#lib/ports/metric-store/port.ts';

function reader(metrics: MetricReader | undefined): MetricReader {
  if (!metrics) throw new AppError('unavailable', 'This process answers no metric queries.');
  return metrics;
}

async function requireAgent(db: Reader, teamId: string, agentId: string): Promise<void> {
  const isOwn = and(eq(agents.id, agentId), eq(agents.teamId, teamId), isNull(agents.deletedAt));
  const known = await db.select({ id: agents.id }).from(agents).where(isOwn);
  if (known.length === 0) throw new AppError('not_found', 'There is no such agent.');
}

/** A chart: the lines of one measure over a range, in as many points as the panel has pixels at most. */
export const queryMetric = defineQuery({
  name: 'metrics.query',
  permission: 'metrics:read',
  isHeavy: true,
  input: metricQuerySchema.refine((query) => query.from < query.to, {
    path: ['to'],
    message: 'The end must lie after the start',
  }),
  run: ({ input, actor, deps }) => reader(deps.metrics).query(actor.teamId, input),
});

/**
 * The OTLP metrics that an agent, or any agent of the team, has sent.
 *
 * @throws AppError `not_found` for an agent that the team does not have
 */
export const listMetrics = defineQuery({
  name: 'metrics.list',
  permission: 'metrics:read',
  input: z.strictObject({ agentId: z.uuid().optional() }),
  async run({ input: { agentId }, actor, db, deps }) {
    if (agentId !== undefined) await requireAgent(db, actor.teamId, agentId);
    return reader(deps.metrics).listMetrics(actor.teamId, agentId);
  },
});

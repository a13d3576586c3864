import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { systemClock } from '#lib/kernel/clock.ts';
import type { NormalisedSpan, Usage } from '#lib/model/telemetry.ts';
import { createBatchStore } from '#lib/pipeline/store/batch.ts';
import { createPostgresMetricStore } from '#lib/ports/metric-store/postgres/store.ts';
import { makeSpan } from './span-factory.ts';

const none = new Float64Array(0);

/** Stores spans of an agent as telemetry that came in. */
export async function storeSpans(
  pool: pg.Pool,
  teamId: string,
  agentId: string,
  spans: readonly NormalisedSpan[],
): Promise<void> {
  const metricStore = createPostgresMetricStore({ pool, clock: systemClock, writer: 'test' });
  const points = { seriesId: new Int32Array(0), timeMs: none, startMs: none, value: none };
  const owned = spans.map((span) => ({ agentId, span }));
  const request = { teamId, requestHash: randomBytes(32), spans: owned, logs: [], points, histograms: [] };
  await createBatchStore({ pool, metricStore, clock: systemClock }).write([request]);
}

interface Made {
  version: string;
  endMs: number;
  isError?: boolean;
  cost?: number | null;
  failedTools?: number;
}

const usage: Usage = {
  inputTokens: 80,
  outputTokens: 20,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  reasoningTokens: 0,
};

/** A run with a model call and two tool calls below it. */
export function makeRun({
  version,
  endMs,
  isError = false,
  cost = 0.01,
  failedTools = 0,
}: Made): NormalisedSpan[] {
  const about = {
    serviceVersion: version,
    resource: { 'service.name': 'service', 'service.version': version },
  };
  const run = makeSpan({
    ...about,
    endMs,
    durationMs: 900,
    isAgentRun: true,
    operation: 'invoke_agent',
    isError,
  });
  const child = { ...about, traceId: run.traceId, parentSpanId: run.spanId, endMs: endMs - 10 };
  const tool = (index: number) =>
    makeSpan({ ...child, operation: 'execute_tool', isError: index < failedTools });
  return [run, makeSpan({ ...child, usage, costPriced: cost }), tool(0), tool(1)];
}

/** So many moments, evenly from one to the other. */
export const spread = (count: number, from: number, to: number): number[] =>
  Array.from({ length: count }, (_, i) => Math.round(from + ((to - from) * i) / count));

/** Runs of a release with an error in every fifth run and twice the cost. */
export const badRuns = (version: string, moments: readonly number[]): NormalisedSpan[] =>
  moments.flatMap((endMs, i) =>
    makeRun({ version, endMs, isError: i % 5 === 0, cost: 0.02, failedTools: i % 5 === 0 ? 1 : 0 }),
  );

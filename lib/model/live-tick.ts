import { z } from 'zod';
import type { LiveTick } from './event.ts';

const headSchema = z.object({
  v: z.literal(1),
  writer: z.string().max(128),
  seq: z.int(),
  at: z.number(),
  agentIds: z.array(z.string().max(64)).max(100_000),
  metricNames: z.array(z.string()).max(100_000),
});

const COLUMNS = [
  'requests',
  'errors',
  'modelCalls',
  'toolCalls',
  'inputTokens',
  'outputTokens',
  'costMicros',
  'unpricedCalls',
  'lastSeenMs',
] as const;

const numbers = (value: unknown, length: number): boolean =>
  Array.isArray(value) && value.length === length && value.every(Number.isFinite);

/** A tick as it came over the bus, or null when it is none: every column is as long as the list of agents. */
export function parseTick(payload: string): LiveTick | null {
  let tick: LiveTick;
  try {
    tick = JSON.parse(payload) as LiveTick;
  } catch {
    return null;
  }
  const head = headSchema.safeParse(tick);
  if (!head.success) return null;
  const rows = head.data.agentIds.length;
  if (!COLUMNS.every((column) => numbers(tick[column], rows))) return null;
  if (!Array.isArray(tick.durations) || tick.durations.length !== rows) return null;
  if (!tick.durations.every((pairs) => Array.isArray(pairs) && pairs.every(Number.isInteger))) return null;
  const isMetric = (entry: unknown) => numbers(entry, 3);
  return Array.isArray(tick.metrics) && tick.metrics.every(isMetric) ? tick : null;
}

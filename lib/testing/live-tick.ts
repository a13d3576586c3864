import type { LiveTick } from '#lib/model/event.ts';

/** A tick of one writer about some agents, each with `requests` runs of 100 ms. */
export function makeTick(
  agentIds: readonly string[],
  values: Partial<LiveTick> = {},
  requests = 1,
): LiveTick {
  const column = (value: number) => agentIds.map(() => value);
  const now = Date.now();
  return {
    v: 1,
    writer: 'writer',
    seq: 1,
    at: now,
    oldest: now,
    agentIds: [...agentIds],
    requests: column(requests),
    errors: column(0),
    modelCalls: column(requests),
    toolCalls: column(0),
    inputTokens: column(10 * requests),
    outputTokens: column(5 * requests),
    costMicros: column(100 * requests),
    unpricedCalls: column(0),
    lastSeenMs: column(now),
    durations: agentIds.map(() => (requests > 0 ? [468, requests] : [])),
    metricNames: [],
    metrics: [],
    ...values,
  };
}

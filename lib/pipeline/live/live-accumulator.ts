import type { LiveTick } from '#lib/model/event.ts';
import { MODEL_OPERATIONS, type NormalisedSpan } from '#lib/model/telemetry.ts';
import { sketchBin } from '#lib/telemetry/sketch.ts';

/** What one agent did since the last tick. */
interface AgentTick {
  requests: number;
  errors: number;
  modelCalls: number;
  toolCalls: number;
  inputTokens: number;
  outputTokens: number;
  costMicros: number;
  unpricedCalls: number;
  lastSeenMs: number;
  durations: Map<number, number>;
  /** Its row in the tick. */
  row: number;
}

/** The part of a span that counts, and the agent that owns it. */
export interface CountedSpan {
  agentId: string;
  span: Pick<
    NormalisedSpan,
    | 'operation'
    | 'isAgentRun'
    | 'isError'
    | 'durationMs'
    | 'usage'
    | 'costReported'
    | 'costPriced'
    | 'awaitsOwner'
  >;
}

/** Keeps the latest metrics of many agents between ticks (live-metrics.ts). */
export interface MetricSource {
  /** Names each agent with news, followed by each of its changed metrics; then forgets what changed. */
  flush(startAgent: (agentId: string) => void, set: (metric: string, value: number) => void): void;
}

/** A counted batch, to be taken back when it turns out not to be stored. */
export interface Contribution {
  spans: readonly CountedSpan[];
  /** The tick that the batch was counted into. */
  tick: number;
}

/**
 * Live values of one team, counted in memory as telemetry is decoded and handed out tick by tick; they
 * never wait for the database. Memory is bounded by the agents and metrics seen in one tick.
 */
export function createLiveAccumulator() {
  let agents = new Map<string, AgentTick>();
  const sources = new Map<MetricSource, number>();
  let oldestMs = Number.POSITIVE_INFINITY;
  let tick = 1;
  let resync: true | undefined;

  function agentTick(agentId: string): AgentTick {
    let row = agents.get(agentId);
    if (row === undefined) {
      row = emptyTick(agents.size);
      agents.set(agentId, row);
    }
    return row;
  }

  function apply({ agentId, span }: CountedSpan, sign: 1 | -1): void {
    const row = agentTick(agentId);
    if (span.isAgentRun) {
      row.requests += sign;
      if (span.isError) row.errors += sign;
      const bin = sketchBin(span.durationMs);
      row.durations.set(bin, (row.durations.get(bin) ?? 0) + sign);
    }
    if (MODEL_OPERATIONS.has(span.operation)) row.modelCalls += sign;
    if (span.operation === 'execute_tool') row.toolCalls += sign;
    row.inputTokens += sign * (span.usage?.inputTokens ?? 0);
    row.outputTokens += sign * (span.usage?.outputTokens ?? 0);
    const cost = span.costReported ?? span.costPriced;
    row.costMicros += sign * Math.round((cost ?? 0) * 1e6);
    if (span.usage !== null && cost === null) row.unpricedCalls += sign;
  }

  function seen(agentId: string, receivedAtMs: number): void {
    const row = agentTick(agentId);
    row.lastSeenMs = Math.max(row.lastSeenMs, receivedAtMs);
    oldestMs = Math.min(oldestMs, receivedAtMs);
  }

  /** The metrics that changed since the last tick, and the agents that they belong to. */
  function takeMetrics(): Pick<LiveTick, 'metricNames' | 'metrics'> {
    const indexes = new Map<string, number>();
    const metrics: LiveTick['metrics'] = [];
    for (const [source, receivedAtMs] of sources) {
      let row = 0;
      const startAgent = (agentId: string): void => {
        const heard = agentTick(agentId);
        heard.lastSeenMs = Math.max(heard.lastSeenMs, receivedAtMs);
        row = heard.row;
      };
      source.flush(startAgent, (metric, value) => {
        const index = indexes.get(metric) ?? indexes.size;
        if (index === indexes.size) indexes.set(metric, index);
        metrics.push([row, index, value]);
      });
    }
    sources.clear();
    return { metricNames: [...indexes.keys()], metrics };
  }

  return {
    /**
     * Counts spans that were received at `receivedAtMs` (Unix milliseconds). Those whose agent is not known yet
     * are left to `countLate`: the tokens of a call never stand beside a service that made none.
     */
    countSpans(spans: readonly CountedSpan[], receivedAtMs: number): Contribution {
      for (const counted of spans) {
        if (!counted.span.awaitsOwner) apply(counted, 1);
        const row = agentTick(counted.agentId);
        row.lastSeenMs = Math.max(row.lastSeenMs, receivedAtMs);
      }
      if (spans.length > 0) oldestMs = Math.min(oldestMs, receivedAtMs);
      return { spans, tick };
    },
    /** Notes that an agent was heard, whatever it sent. */
    seen,
    /** Notes that a source has newer metrics of agents heard at `receivedAtMs`; they are read when the tick leaves. */
    metricsChanged(source: MetricSource, receivedAtMs: number): void {
      sources.set(source, receivedAtMs);
      oldestMs = Math.min(oldestMs, receivedAtMs);
    },
    /**
     * Takes spans back that were not stored, or were stored before: exactly while their tick is still
     * here; after it has left, the next tick asks receivers to reload from the store instead.
     */
    takeBack(contribution: Contribution, spans: readonly CountedSpan[] = contribution.spans): void {
      const known = spans.filter(({ span }) => !span.awaitsOwner);
      if (known.length === 0) return;
      if (contribution.tick !== tick) {
        resync = true;
        return;
      }
      for (const counted of known) apply(counted, -1);
    },
    /** Counts a span that `countSpans` left out, for the agent that it belongs to. */
    countLate(counted: CountedSpan): void {
      apply(counted, 1);
    },
    /** Moves a counted span to another agent; works across ticks, because they carry increments. */
    move(counted: CountedSpan, toAgentId: string): void {
      if (counted.agentId === toAgentId) return;
      apply(counted, -1);
      apply({ agentId: toAgentId, span: counted.span }, 1);
    },
    /** Something that was shown can't be trusted: receivers reload. */
    askResync(): void {
      resync = true;
    },
    hasNews: (): boolean => agents.size > 0 || sources.size > 0 || resync === true,
    /** Hands out what was counted since the last call and starts anew. */
    take(writer: string, nowMs: number): LiveTick {
      const metrics = takeMetrics();
      const result: LiveTick = {
        v: 1,
        writer,
        seq: tick,
        at: nowMs,
        oldest: Math.min(oldestMs, nowMs),
        ...(resync ? { resync } : {}),
        ...toColumns(agents),
        ...metrics,
      };
      agents = new Map();
      oldestMs = Number.POSITIVE_INFINITY;
      resync = undefined;
      tick += 1;
      return result;
    },
  };
}

export type LiveAccumulator = ReturnType<typeof createLiveAccumulator>;

function emptyTick(row: number): AgentTick {
  return {
    requests: 0,
    errors: 0,
    modelCalls: 0,
    toolCalls: 0,
    inputTokens: 0,
    outputTokens: 0,
    costMicros: 0,
    unpricedCalls: 0,
    lastSeenMs: 0,
    durations: new Map(),
    row,
  };
}

/** The columns of a tick that count spans; see LiveTick. */
function toColumns(agents: ReadonlyMap<string, AgentTick>) {
  const rows = [...agents.values()];
  return {
    agentIds: [...agents.keys()],
    requests: rows.map((row) => row.requests),
    errors: rows.map((row) => row.errors),
    modelCalls: rows.map((row) => row.modelCalls),
    toolCalls: rows.map((row) => row.toolCalls),
    inputTokens: rows.map((row) => row.inputTokens),
    outputTokens: rows.map((row) => row.outputTokens),
    costMicros: rows.map((row) => row.costMicros),
    unpricedCalls: rows.map((row) => row.unpricedCalls),
    lastSeenMs: rows.map((row) => row.lastSeenMs),
    durations: rows.map((row) => toPairs(row.durations)),
  };
}

function toPairs(durations: ReadonlyMap<number, number>): number[] {
  return [...durations]
    .filter(([, count]) => count > 0)
    .sort(([a], [b]) => a - b)
    .flat();
}

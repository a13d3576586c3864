import { runTree, type TreeSpan } from './run-tree.ts';

/** One span of a trace, as far as the totals of the runs in it need it. */
export interface UsageSpan extends TreeSpan {
  isModelCall: boolean;
  isToolCall: boolean;
  inputTokens: number;
  outputTokens: number;
  /** Whether its tokens count, so that it costs something. */
  hasUsage: boolean;
  /** Null when no cost is known. */
  cost: number | null;
}

export interface RunUsage {
  modelCalls: number;
  toolCalls: number;
  inputTokens: number;
  outputTokens: number;
  cost: number | null;
  /** Calls with tokens of which no cost is known. */
  unpricedCalls: number;
}

/**
 * Adds up runs and everything below them: gives the usage of a run by its trace and span id. Usage stands on
 * leaf model calls only (telemetry 4.5), so nothing counts twice; spans that name each other as parents in a
 * circle are counted once.
 */
export function usageOfRuns(spans: readonly UsageSpan[]): (traceId: string, spanId: string) => RunUsage {
  const below = runTree(spans);
  return (traceId, spanId) => {
    const counts = { modelCalls: 0, toolCalls: 0, inputTokens: 0, outputTokens: 0, unpricedCalls: 0 };
    const usage: RunUsage = { ...counts, cost: null };
    for (const span of below(traceId, spanId)) {
      usage.modelCalls += span.isModelCall ? 1 : 0;
      usage.toolCalls += span.isToolCall ? 1 : 0;
      usage.inputTokens += span.inputTokens;
      usage.outputTokens += span.outputTokens;
      usage.unpricedCalls += span.hasUsage && span.cost === null ? 1 : 0;
      if (span.cost !== null) usage.cost = (usage.cost ?? 0) + span.cost;
    }
    return usage;
  };
}

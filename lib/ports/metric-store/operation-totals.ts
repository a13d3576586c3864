import { MODEL_OPERATIONS, type Operation } from '#lib/model/telemetry.ts';
import { Sketch } from '#lib/telemetry/sketch.ts';

/** What a span counts as: one request of an agent, a model call, a tool call, or a step between them. */
export const OPERATION_CLASSES = ['run', 'model', 'tool', 'step'] as const;
export type OperationClass = (typeof OPERATION_CLASSES)[number];

/** What a roll-up row of spans is kept under, within an agent or a team. Unknown is the empty string. */
export interface OperationKey {
  class: OperationClass;
  operation: string;
  provider: string;
  model: string;
}

/** The part of a stored span that is counted. */
export interface CountedSpan {
  operation: Operation;
  isAgentRun: boolean;
  isError: boolean;
  isSoftFailure: boolean;
  durationMs: number;
  provider: string | null;
  model: string | null;
  /** Null on spans whose usage does not count. */
  usage: { input: number; output: number; cacheRead: number; cacheWrite: number; reasoning: number } | null;
  /** US dollars, reported or else priced. */
  cost: number | null;
}

/** Spans of one key in one window. Durations are milliseconds, cost US dollars. */
export interface OperationTotals {
  calls: number;
  errors: number;
  softFailures: number;
  durationSum: number;
  durationMin: number;
  durationMax: number;
  inputTokens: number;
  outputTokens: number;
  cacheReadTokens: number;
  cacheWriteTokens: number;
  reasoningTokens: number;
  cost: number;
  /** Calls with token usage of which no cost is known. */
  unpricedCalls: number;
  durations: Sketch;
}

/**
 * The key of a span. Provider and model are part of it only where they mean something (model calls and spans
 * that carry usage), so that the requests of an agent are one row a window.
 */
export function operationKey(span: CountedSpan): OperationKey {
  const named = MODEL_OPERATIONS.has(span.operation) || span.usage !== null;
  return {
    class: classOf(span),
    operation: span.operation,
    provider: named ? (span.provider ?? '') : '',
    model: named ? (span.model ?? '') : '',
  };
}

function classOf(span: CountedSpan): OperationClass {
  if (span.isAgentRun) return 'run';
  if (MODEL_OPERATIONS.has(span.operation)) return 'model';
  return span.operation === 'execute_tool' ? 'tool' : 'step';
}

export function emptyOperationTotals(): OperationTotals {
  return {
    calls: 0,
    errors: 0,
    softFailures: 0,
    durationSum: 0,
    durationMin: Number.POSITIVE_INFINITY,
    durationMax: 0,
    inputTokens: 0,
    outputTokens: 0,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    reasoningTokens: 0,
    cost: 0,
    unpricedCalls: 0,
    durations: new Sketch(),
  };
}

/** Counts a span. */
export function addSpan(totals: OperationTotals, span: CountedSpan): void {
  totals.calls += 1;
  totals.errors += span.isError ? 1 : 0;
  totals.softFailures += span.isSoftFailure ? 1 : 0;
  totals.durationSum += span.durationMs;
  totals.durationMin = Math.min(totals.durationMin, span.durationMs);
  totals.durationMax = Math.max(totals.durationMax, span.durationMs);
  totals.durations.add(span.durationMs);
  if (span.cost !== null) totals.cost += span.cost;
  if (!span.usage) return;
  totals.inputTokens += span.usage.input;
  totals.outputTokens += span.usage.output;
  totals.cacheReadTokens += span.usage.cacheRead;
  totals.cacheWriteTokens += span.usage.cacheWrite;
  totals.reasoningTokens += span.usage.reasoning;
  totals.unpricedCalls += span.cost === null ? 1 : 0;
}

/** Adds the totals of another window or agent; in any order, but for the rounding of sums. */
export function mergeOperationTotals(into: OperationTotals, other: OperationTotals): void {
  into.calls += other.calls;
  into.errors += other.errors;
  into.softFailures += other.softFailures;
  into.durationSum += other.durationSum;
  into.durationMin = Math.min(into.durationMin, other.durationMin);
  into.durationMax = Math.max(into.durationMax, other.durationMax);
  into.inputTokens += other.inputTokens;
  into.outputTokens += other.outputTokens;
  into.cacheReadTokens += other.cacheReadTokens;
  into.cacheWriteTokens += other.cacheWriteTokens;
  into.reasoningTokens += other.reasoningTokens;
  into.cost += other.cost;
  into.unpricedCalls += other.unpricedCalls;
  into.durations.merge(other.durations);
}

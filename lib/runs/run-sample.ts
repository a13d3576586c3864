import type { RunSample } from '#lib/model/gate.ts';
import type { TreeSpan } from './run-tree.ts';

/** One span below a run, as far as gates look at it. */
export interface SampledSpan extends TreeSpan {
  isModelCall: boolean;
  isToolCall: boolean;
  isError: boolean;
  /** Null where it carries no usage of its own. */
  tokens: number | null;
  /** US dollars; null when no cost is known. */
  cost: number | null;
}

export interface SampledRun {
  durationMs: number;
  isError: boolean;
}

/** A call that was refused uses nothing; one that was answered used something that it does not say. */
const isSilent = ({ isModelCall, isError, tokens, cost }: SampledSpan): boolean =>
  isModelCall && !isError && tokens === null && cost === null;

/**
 * What a run took with everything below it. A part whose tokens or price are not known makes the whole unknown: it is
 * never counted as nothing. A run that called no model used and cost nothing.
 */
export function sampleOfRun({ durationMs, isError }: SampledRun, spans: Iterable<SampledSpan>): RunSample {
  const sample = { durationMs, isError, toolCalls: 0, failedToolCalls: 0 };
  let [tokens, cost] = [0, 0];
  let [knowsTokens, knowsCost] = [true, true];
  for (const span of spans) {
    if (span.isToolCall) {
      sample.toolCalls += 1;
      sample.failedToolCalls += span.isError ? 1 : 0;
    }
    knowsTokens &&= !(span.isModelCall && !span.isError && span.tokens === null);
    knowsCost &&= !isSilent(span) && !(span.tokens !== null && span.tokens > 0 && span.cost === null);
    tokens += span.tokens ?? 0;
    cost += span.cost ?? 0;
  }
  return { ...sample, tokens: knowsTokens ? tokens : null, cost: knowsCost ? cost : null };
}

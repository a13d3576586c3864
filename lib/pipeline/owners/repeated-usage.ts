import { type Operation, REPEATS } from '#lib/model/telemetry.ts';
import type { RepeatingSpan } from '#lib/pipeline/store/span-repeats.ts';
import { mayBeWrapped, placeReported, repeatsOf, tellAncestors } from '#lib/telemetry/repeats.ts';
import { TraceMemory } from '#lib/telemetry/trace-memory.ts';

/** What is stored of a span that decides what of it counts. */
export interface CountingSpan {
  traceId: string;
  spanId: string;
  parentSpanId: string | null;
  /** Unix milliseconds. */
  endMs: number;
  /** `step` for a model call that stands around another one. */
  operation: Operation;
  /** What was left out of it so far, a sum of REPEATS. */
  repeats: number;
  countsTokens: boolean;
  countsReportedCost: boolean;
}

/** What is known of the usage of one trace. */
export interface FoundRepeats {
  /** Spans of which more repeats others than was known. */
  repeating: RepeatingSpan[];
  /** True while a span that has not come may yet be found to repeat one of these. */
  isOpen: boolean;
}

/** Decides for one trace's spans, by the rule of ingest, what of them repeats the spans below. */
export function findRepeats(spans: readonly CountingSpan[]): FoundRepeats {
  const memory = new TraceMemory(spans.length * 2 + 1);
  const placed = spans.map((span) => ({ span, facts: placeReported(asSent(span), memory) }));
  for (const { facts } of placed) tellAncestors(facts);
  const repeating = placed.flatMap(({ span: { traceId, spanId, endMs, repeats: known }, facts }) => {
    const repeats = repeatsOf(facts) | known;
    return repeats === known ? [] : [{ traceId, spanId, endMs, repeats }];
  });
  return { repeating, isOpen: placed.some(({ facts }) => mayBeWrapped(facts)) };
}

/** Which model call it was that became a step, nobody asks: `chat` stands for all of them. */
function asSent(span: CountingSpan) {
  const left = (bit: number): boolean => (span.repeats & bit) !== 0;
  return {
    ...span,
    operation: left(REPEATS.call) ? 'chat' : span.operation,
    hasTokens: span.countsTokens || left(REPEATS.tokens),
    hasCost: span.countsReportedCost || left(REPEATS.cost),
  };
}

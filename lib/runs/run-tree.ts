/** What places a span in its trace. */
export interface TreeSpan {
  traceId: string;
  spanId: string;
  parentSpanId: string | null;
}

const keyOf = (traceId: string, spanId: string): string => `${traceId}${spanId}`;

/**
 * Gives a run, by its trace and span id, with everything below it; nothing where it is not among the spans. Spans that
 * name each other as parents in a circle come once.
 */
export function runTree<T extends TreeSpan>(
  spans: readonly T[],
): (traceId: string, spanId: string) => ReadonlySet<T> {
  const children = Map.groupBy(spans, (span) => keyOf(span.traceId, span.parentSpanId ?? ''));
  const byId = new Map(spans.map((span) => [keyOf(span.traceId, span.spanId), span]));
  return (traceId, spanId) => {
    const seen = new Set<T>();
    const waiting = [byId.get(keyOf(traceId, spanId))];
    for (let span = waiting.pop(); span; span = waiting.pop()) {
      if (seen.has(span)) continue;
      seen.add(span);
      waiting.push(...(children.get(keyOf(traceId, span.spanId)) ?? []));
    }
    return seen;
  };
}

import type { RunSpanView } from '#lib/model/run.ts';

export interface TreeLine {
  span: RunSpanView;
  /** 0 for a root and for a span whose parent is not here. */
  depth: number;
}

/** Spans below their parents, siblings by their start. Circles and spans that name themselves stand at the end. */
export function spanTree(spans: readonly RunSpanView[]): TreeLine[] {
  const known = new Set(spans.map(({ spanId }) => spanId));
  const below = Map.groupBy(spans, ({ parentSpanId }) =>
    parentSpanId !== null && known.has(parentSpanId) ? parentSpanId : null,
  );
  const lines: TreeLine[] = [];
  const placed = new Set<string>();
  const stack = (below.get(null) ?? []).toReversed().map((span) => ({ span, depth: 0 }));
  for (let line = stack.pop(); line !== undefined; line = stack.pop()) {
    const { span, depth } = line;
    if (placed.has(span.spanId)) continue;
    placed.add(span.spanId);
    lines.push(line);
    for (const child of (below.get(span.spanId) ?? []).toReversed())
      stack.push({ span: child, depth: depth + 1 });
  }
  const rest = spans.filter(({ spanId }) => !placed.has(spanId));
  return [...lines, ...rest.map((span) => ({ span, depth: 0 }))];
}

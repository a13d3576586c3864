import type { OwnerSource } from '#lib/model/telemetry.ts';

/** What is stored of a span that decides who owns it and what lies below it. */
export interface StoredSpan {
  traceId: string;
  spanId: string;
  parentSpanId: string | null;
  ownerSource: OwnerSource;
  /** Unix milliseconds. */
  endMs: number;
  agentId: string;
  environment: string;
  serviceNamespace: string;
  agentName: string;
}

/** What is known of the owners of one trace. */
export interface FoundOwners {
  /** Spans that were counted for something else, with the ancestor that names their agent. */
  owned: { span: StoredSpan; ancestor: StoredSpan }[];
  /** Spans that belong to whom they were counted for: all their ancestors are here and none names an agent. */
  settled: StoredSpan[];
  /** Spans whose ancestors are not all here. */
  unsettled: StoredSpan[];
}

/** Finds the owners of one trace's spans that name no agent themselves (telemetry 4.5). */
export function findOwners(spans: readonly StoredSpan[]): FoundOwners {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const found: FoundOwners = { owned: [], settled: [], unsettled: [] };
  for (const span of spans) {
    if (span.ownerSource === 'own' || span.ownerSource === 'ancestor') continue;
    const ancestor = nearestNamed(span, byId);
    if (ancestor === 'missing') found.unsettled.push(span);
    else if (ancestor === null) found.settled.push(span);
    else found.owned.push({ span, ancestor });
  }
  return found;
}

/** The nearest ancestor whose agent was named; null when there is none, `missing` when that is not known yet. */
function nearestNamed(
  span: StoredSpan,
  byId: ReadonlyMap<string, StoredSpan>,
): StoredSpan | 'missing' | null {
  const walked = new Set([span.spanId]);
  for (let parentId = span.parentSpanId; parentId !== null && !walked.has(parentId); ) {
    const parent = byId.get(parentId);
    if (parent === undefined) return 'missing';
    if (parent.ownerSource === 'own' || parent.ownerSource === 'ancestor') return parent;
    walked.add(parentId);
    parentId = parent.parentSpanId;
  }
  return null;
}

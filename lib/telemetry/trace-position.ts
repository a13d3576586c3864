import type { HandOff, Usage } from '#lib/model/telemetry.ts';
import { callingAgent, missingAncestor, nearestAgent, type Owner } from './attribution.ts';
import type { RawSpan } from './otlp/raw.ts';
import { placeReported } from './repeats.ts';
import { serviceOf } from './resource.ts';
import { readSpan, type SpanReading } from './span-reading.ts';
import type { SpanFacts, TraceMemory, WaitingSpan } from './trace-memory.ts';
import { reportedCost, usageOf } from './usage.ts';

/** A span with its place in its trace. */
export interface PlacedSpan {
  span: RawSpan;
  reading: SpanReading;
  facts: SpanFacts;
  /** As sent, whether or not it counts. */
  sentUsage: Usage | null;
  sentCost: number | null;
}

/** A stored span whose agent is known only now, because its ancestor arrived later. */
export interface Reattribution {
  traceId: string;
  spanId: string;
  /** Unix nanoseconds; finds the stored row. */
  endNs: bigint;
  environment: string;
  serviceNamespace: string;
  /** The agent it was counted for, and the one it belongs to; the same where only the hand-off is new. */
  fromAgent: string;
  toAgent: string;
  /** The hand-off to the agent run that this span is, when its caller was unknown. */
  handOff: HandOff | null;
}

/** Reads a span and links it to its parent, which may not have arrived. */
export function placeInTrace(span: RawSpan, memory: TraceMemory): PlacedSpan {
  const reading = readSpan(span);
  const { fields, operation } = reading;
  const sentUsage = usageOf(fields, operation);
  const sentCost = reportedCost(fields);
  const { traceId, spanId, parentSpanId } = span;
  const reports = { hasTokens: sentUsage !== null, hasCost: sentCost !== null };
  const facts = placeReported({ traceId, spanId, parentSpanId, operation, ...reports }, memory);
  facts.ownAgent = reading.agentName;
  facts.isAgentRun = reading.isAgentRun;
  return { span, reading, facts, sentUsage, sentCost };
}

/**
 * Notes a span that only an ancestor can attribute, or whose caller is unknown, to be settled later.
 *
 * @returns whether its owner may still change
 */
export function awaitAncestors(
  { span, facts, reading }: PlacedSpan,
  owner: Owner,
  memory: TraceMemory,
): boolean {
  const wantsOwner = owner.source === 'service' || owner.source === 'langgraph';
  const wantsCaller = reading.isAgentRun && callingAgent(facts) === null;
  const missing = wantsOwner || wantsCaller ? missingAncestor(facts) : null;
  if (missing === null) return false;
  const { environment, serviceNamespace } = serviceOf(span.resource);
  const { traceId, spanId, endNs } = span;
  const { agentName } = owner;
  const waiting = { traceId, spanId, endNs, environment, serviceNamespace, agentName };
  memory.await(missing, { ...waiting, isAgentRun: !wantsOwner });
  return wantsOwner;
}

/** Attributes the spans that waited for this one; those that still lack an ancestor wait on. */
export function settleWaiting(facts: SpanFacts, memory: TraceMemory): Reattribution[] {
  const waiting = facts.waiting.splice(0);
  if (waiting.length === 0) return [];
  const agent = facts.ownAgent ?? nearestAgent(facts);
  const caller = facts.isAgentRun ? facts.ownAgent : callingAgent(facts);
  const missing = missingAncestor(facts);
  return waiting.flatMap((span) => {
    const found = span.isAgentRun ? caller : agent;
    if (found !== null) return settled(span, found);
    if (missing !== null) memory.await(missing, span);
    return [];
  });
}

function settled(span: WaitingSpan, found: string): Reattribution[] {
  const { isAgentRun, agentName, ...place } = span;
  if (found === agentName) return [];
  if (!isAgentRun) return [{ ...place, fromAgent: agentName, toAgent: found, handOff: null }];
  const handOff: HandOff = { fromAgent: found, toAgent: agentName, mode: 'nested' };
  return [{ ...place, fromAgent: agentName, toAgent: agentName, handOff }];
}

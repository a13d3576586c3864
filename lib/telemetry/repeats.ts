import { MODEL_OPERATIONS, type Operation, REPEATS } from '#lib/model/telemetry.ts';
import { ancestorsOf, missingAncestor } from './attribution.ts';
import type { SpanFacts, TraceMemory } from './trace-memory.ts';

/** What of a span decides whether it repeats others, or others it. */
export interface Reported {
  traceId: string;
  spanId: string;
  parentSpanId: string | null;
  /** As the sender has it. */
  operation: Operation;
  /** It reports tokens, or a cost of its own: whether or not they count. */
  hasTokens: boolean;
  hasCost: boolean;
}

/** Links a span to its parent, which may not have arrived, and notes what it reports. */
export function placeReported(span: Reported, memory: TraceMemory): SpanFacts {
  const facts = memory.factsOf(span.traceId, span.spanId);
  facts.seen = true;
  facts.parent = span.parentSpanId === null ? null : memory.factsOf(span.traceId, span.parentSpanId);
  facts.isBoundary = isBoundary(span.operation);
  facts.isModelCall = MODEL_OPERATIONS.has(span.operation);
  facts.hasTokens = span.hasTokens;
  facts.hasCost = span.hasCost || span.hasTokens;
  return facts;
}

/** Tools and agents start calls of their own: what happens below them is no part of the call above. */
function isBoundary(operation: Operation): boolean {
  return operation === 'execute_tool' || operation === 'invoke_agent' || operation === 'handoff';
}

/** Tells everything above a span what lies below it; the span is late where something above counts already. */
export function tellAncestors(facts: SpanFacts): void {
  const isOpen = !facts.isBoundary;
  const tokens = facts.hasTokens || facts.tokensBelow;
  const cost = facts.hasCost || facts.costBelow;
  const agent = facts.isAgentRun || facts.agentBelow;
  let tokensDirectly = isOpen && (facts.hasTokens || facts.tokensDirectlyBelow);
  let costDirectly = isOpen && (facts.hasCost || facts.costDirectlyBelow);
  let modelDirectly = isOpen && (facts.isModelCall || facts.modelDirectlyBelow);
  for (const ancestor of ancestorsOf(facts)) {
    if (ancestor.hasCounted) facts.isLate = true;
    ancestor.tokensBelow ||= tokens;
    ancestor.costBelow ||= cost;
    ancestor.agentBelow ||= agent;
    ancestor.tokensDirectlyBelow ||= tokensDirectly;
    ancestor.costDirectlyBelow ||= costDirectly;
    ancestor.modelDirectlyBelow ||= modelDirectly;
    if (ancestor.isBoundary) tokensDirectly = costDirectly = modelDirectly = false;
  }
}

/**
 * What of a span repeats spans below it, as far as these have arrived; a sum of {@link REPEATS}. Tokens count
 * where no span below reports any, cost where none reports tokens or cost; for a model span only what lies
 * below without a tool or agent in between takes its place. A model span around another model span (a framework
 * around an SDK) is no call: the inner one is.
 */
export function repeatsOf(facts: SpanFacts): number {
  const { isModelCall } = facts;
  const tokens = facts.hasTokens && (isModelCall ? facts.tokensDirectlyBelow : facts.tokensBelow);
  const cost = facts.hasCost && (isModelCall ? facts.costDirectlyBelow : facts.costBelow);
  const call = isModelCall && facts.modelDirectlyBelow;
  return (tokens ? REPEATS.tokens : 0) + (cost ? REPEATS.cost : 0) + (call ? REPEATS.call : 0);
}

/** True where something of a span counts that a span below would take the place of. */
export function counts(facts: SpanFacts): boolean {
  const repeats = repeatsOf(facts);
  if (facts.isModelCall && (repeats & REPEATS.call) === 0) return true;
  return facts.hasCost && (repeats & (facts.hasTokens ? REPEATS.tokens : REPEATS.cost)) === 0;
}

/**
 * True where spans that are not known here may repeat a span, be repeated by it, or be linked by it to what they
 * repeat: something above it is unknown or counted before it came, or it is a container whose usage counts because
 * nothing is known below. Whichever span of a trace is stored last, it is one of these where a process decided
 * without knowing all; only model calls around others are found by waiting (see {@link mayBeWrapped}).
 */
export function awaitsTrace(facts: SpanFacts): boolean {
  return facts.isLate || missingAncestor(facts) !== null || (!facts.isModelCall && counts(facts));
}

/** True while a model call that has not arrived may stand around a span: the chain up to a tool or agent has a gap. */
export function mayBeWrapped(facts: SpanFacts): boolean {
  if (facts.isBoundary || !(facts.hasCost || facts.isModelCall)) return false;
  for (const ancestor of ancestorsOf(facts)) {
    if (!ancestor.seen) return true;
    if (ancestor.isBoundary) return false;
  }
  return false;
}

import { boundedAgentName } from '#lib/model/agent.ts';
import type { OwnerSource } from '#lib/model/telemetry.ts';
import type { Fields } from './fields.ts';
import { GENERIC_NAMES } from './tables/operations.ts';
import type { SpanFacts } from './trace-memory.ts';

/** Longest chain of ancestors that is followed; also ends circles of broken parents. */
const MOST_ANCESTORS = 256;

/** Who a span belongs to, and how that was found. */
export interface Owner {
  agentName: string;
  source: OwnerSource;
}

/**
 * The owner of a span (telemetry 4.5): the agent it names itself, else the nearest ancestor agent, else the
 * node of a LangGraph graph, else the service.
 */
export function ownerOf(facts: SpanFacts, fields: Fields, serviceName: string): Owner {
  if (facts.ownAgent !== null) return { agentName: facts.ownAgent, source: 'own' };
  const ancestor = nearestAgent(facts);
  if (ancestor !== null) return { agentName: ancestor, source: 'ancestor' };
  const node = langGraphNode(fields);
  if (node !== null) return { agentName: boundedAgentName(node), source: 'langgraph' };
  return { agentName: serviceName, source: 'service' };
}

/** Name of the nearest agent above a span, as far as its ancestors have arrived. */
export function nearestAgent(facts: SpanFacts): string | null {
  for (const ancestor of ancestorsOf(facts)) if (ancestor.ownAgent !== null) return ancestor.ownAgent;
  return null;
}

/** Name of the nearest agent run above a span, skipping steps and tools; null when there is none. */
export function callingAgent(facts: SpanFacts): string | null {
  for (const ancestor of ancestorsOf(facts)) {
    if (ancestor.isAgentRun && ancestor.ownAgent !== null) return ancestor.ownAgent;
  }
  return null;
}

/** The first ancestor that has not arrived; null when the chain is complete. */
export function missingAncestor(facts: SpanFacts): SpanFacts | null {
  for (const ancestor of ancestorsOf(facts)) if (!ancestor.seen) return ancestor;
  return null;
}

/** The known ancestors of a span, nearest first. */
export function* ancestorsOf(facts: SpanFacts): Generator<SpanFacts> {
  let ancestor = facts.parent;
  for (let i = 0; ancestor !== null && i < MOST_ANCESTORS; i++) {
    yield ancestor;
    ancestor = ancestor.parent;
  }
}

/**
 * The agent of a span in a LangGraph graph. The checkpoint namespace names the nodes from the outside in
 * (`researcher:<uuid>|agent:<uuid>`); the innermost that is no node of a prebuilt graph is the agent.
 */
function langGraphNode(fields: Fields): string | null {
  const path = fields.text('langgraphPath') ?? '';
  const names = path.split('|').map((segment) => segment.split(':')[0]?.trim() ?? '');
  const node = fields.text('langgraphNode');
  const inner = node === null || names.at(-1) === node ? names : [...names, node];
  return inner.findLast((name) => !GENERIC_NAMES.has(name.toLowerCase())) ?? null;
}

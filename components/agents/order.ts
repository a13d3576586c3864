import { STATUSES_BY_URGENCY } from '#components/ui/status.tsx';
import type { AgentStatus } from '#lib/model/agent.ts';
import type { FleetAgent } from './fleet.ts';

/** What a list of agents can be ordered by; the names stand in the URL. */
export const ORDERS = {
  attention: { text: (a: FleetAgent) => a.name, number: (a: FleetAgent) => urgency(a.status) },
  name: { text: (a: FleetAgent) => a.name },
  environment: { text: (a: FleetAgent) => `${a.environment} ${a.namespace}` },
  requests: { number: (a: FleetAgent) => descending(a.live?.requestsPerMin) },
  errors: { number: (a: FleetAgent) => descending(a.live?.errorRate) },
  p95: { number: (a: FleetAgent) => descending(a.live?.p95Ms) },
  tokens: { number: (a: FleetAgent) => descending(a.live?.tokensPerMin) },
  cost: { number: (a: FleetAgent) => descending(a.live?.costPerHour) },
  version: { text: (a: FleetAgent) => a.version ?? '' },
  owner: { text: (a: FleetAgent) => a.owner ?? '\uffff' },
  seen: { number: (a: FleetAgent) => descending(a.lastSeenMs) },
} as const satisfies Record<string, { text?: (a: FleetAgent) => string; number?: (a: FleetAgent) => number }>;
export type AgentOrder = keyof typeof ORDERS;

const URGENCY = new Map(STATUSES_BY_URGENCY.map((status, i) => [status, i]));

function urgency(status: AgentStatus): number {
  return URGENCY.get(status) ?? 0;
}

/** Greatest first, missing last. */
function descending(value: number | null | undefined): number {
  return value === null || value === undefined ? Number.POSITIVE_INFINITY : -value;
}

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** Compares two agents; equals keep the order of their names, so that nothing is left to chance. */
export function compareAgents(by: AgentOrder, reversed: boolean): (a: FleetAgent, b: FleetAgent) => number {
  const order: { text?: (a: FleetAgent) => string; number?: (a: FleetAgent) => number } = ORDERS[by];
  const sign = reversed ? -1 : 1;
  const main = (a: FleetAgent, b: FleetAgent): number => {
    const x = order.number?.(a) ?? 0;
    const y = order.number?.(b) ?? 0;
    if (x !== y) return x < y ? -1 : 1;
    return order.text ? collator.compare(order.text(a), order.text(b)) : 0;
  };
  return (a, b) => sign * main(a, b) || collator.compare(a.name, b.name) || (a.id < b.id ? -1 : 1);
}

/** Ids in order. */
export function orderAgents(agents: readonly FleetAgent[], by: AgentOrder, reversed: boolean): string[] {
  return [...agents].sort(compareAgents(by, reversed)).map((agent) => agent.id);
}

/** What narrows a list; empty means everything. */
export interface AgentFilter {
  q: string;
  environment: string;
  statuses: readonly AgentStatus[];
  type: string;
  owner: string;
}

/** Whether an agent passes a filter. The text finds parts of name, namespace, version and reason. */
export function passes(agent: FleetAgent, filter: AgentFilter): boolean {
  if (filter.environment !== '' && agent.environment !== filter.environment) return false;
  if (filter.statuses.length > 0 && !filter.statuses.includes(agent.status)) return false;
  if (filter.type !== '' && agent.type !== filter.type) return false;
  if (filter.owner !== '' && (agent.owner ?? 'none') !== filter.owner) return false;
  if (filter.q === '') return true;
  const text = `${agent.name} ${agent.namespace} ${agent.version ?? ''} ${agent.reason}`.toLowerCase();
  return filter.q
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

import type { AgentStatus } from '#lib/model/agent.ts';
import type { AgentRow } from '#lib/model/agent-view.ts';
import type { FleetRow } from '#lib/model/live.ts';

/** One agent as lists and the map show it: what the page was rendered with, overtaken by what is live. */
export interface FleetAgent {
  id: string;
  name: string;
  environment: string;
  namespace: string;
  type: string;
  status: AgentStatus;
  reason: string;
  statusSince: number | null;
  version: string | null;
  owner: string | null;
  lastSeenMs: number | null;
  /** Null while nothing live is known. */
  live: FleetRow | null;
}

export interface Known {
  base: AgentRow | undefined;
  live: FleetRow | undefined;
  agent: FleetAgent;
}

/**
 * Puts both sources together. Once the live side has spoken it decides which agents exist; an agent
 * keeps its object until one of its sources changed, so that unchanged rows are not drawn again.
 *
 * @param known what the last call left; changed in place
 */
export function mergeFleet(
  bases: ReadonlyMap<string, AgentRow>,
  lives: readonly FleetRow[] | null,
  known: Map<string, Known>,
): FleetAgent[] {
  if (lives === null) return [...bases.values()].map((base) => remember(base.id, base, undefined, known));
  return lives.map((live) => remember(live.agentId, bases.get(live.agentId), live, known));
}

function remember(
  id: string,
  base: AgentRow | undefined,
  live: FleetRow | undefined,
  known: Map<string, Known>,
): FleetAgent {
  const before = known.get(id);
  if (before && before.base === base && before.live === live) return before.agent;
  const agent = mergeOne(id, base, live);
  known.set(id, { base, live, agent });
  return agent;
}

function mergeOne(id: string, base: AgentRow | undefined, live: FleetRow | undefined): FleetAgent {
  const status = live?.status ?? base?.status ?? 'running';
  return {
    id,
    name: live?.name ?? base?.name ?? '',
    environment: live?.environment ?? base?.environment ?? '',
    namespace: base?.namespace ?? '',
    type: base?.type ?? 'agent',
    status,
    reason: live?.reason ?? base?.statusReason ?? '',
    statusSince: base && base.status === status ? base.statusSince : null,
    version: base?.version ?? null,
    owner: base?.owner?.name ?? null,
    lastSeenMs: live?.lastSeenMs ?? base?.lastTelemetryAt ?? null,
    live: live ?? null,
  };
}

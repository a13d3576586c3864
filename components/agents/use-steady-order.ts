'use client';

import { useCallback, useEffect, useMemo, useState } from 'react';
import type { FleetAgent } from './fleet.ts';
import { type AgentOrder, compareAgents, orderAgents } from './order.ts';

/**
 * An order that doesn't shuffle under the pointer: it is taken when the sorting or filtering changes and
 * kept while values move; what was ordered before anything live was known is ordered again then. Agents that come are put at the end, those that go leave.
 *
 * @returns the agents in the kept order, whether a new order would differ, and how to take it
 */
export function useSteadyOrder(
  agents: readonly FleetAgent[],
  by: AgentOrder,
  reversed: boolean,
): { ordered: FleetAgent[]; stale: boolean; renew: () => void } {
  const isLive = agents.some((agent) => agent.live !== null);
  const take = () => ({ by, reversed, isLive, ids: orderAgents(agents, by, reversed) });
  const [kept, setKept] = useState(take);
  const holds = kept.by === by && kept.reversed === reversed && (kept.isLive || !isLive);
  const current = holds ? kept : null;
  const renew = useCallback(
    () => setKept({ by, reversed, isLive, ids: orderAgents(agents, by, reversed) }),
    [agents, by, reversed, isLive],
  );
  useEffect(() => {
    if (current === null) renew();
  }, [current, renew]);

  const ordered = useMemo(
    () => inOrder(agents, current?.ids ?? orderAgents(agents, by, reversed)),
    [agents, current, by, reversed],
  );
  // Neighbours suffice to see that an order no longer holds; sorting anew at every change would not.
  const stale = useMemo(() => {
    const compare = compareAgents(by, reversed);
    return ordered.some((agent, i) => {
      const before = ordered[i - 1];
      return before !== undefined && compare(before, agent) > 0;
    });
  }, [ordered, by, reversed]);
  return { ordered, stale, renew };
}

function inOrder(agents: readonly FleetAgent[], ids: readonly string[]): FleetAgent[] {
  const byId = new Map(agents.map((agent) => [agent.id, agent]));
  const ordered = ids.map((id) => byId.get(id)).filter((agent) => agent !== undefined);
  const placed = new Set(ids);
  return [...ordered, ...agents.filter((agent) => !placed.has(agent.id))];
}

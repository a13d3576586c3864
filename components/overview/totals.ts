import type { FleetAgent } from '#components/agents/fleet.ts';
import { sumRows } from '#components/live/sum-rows.ts';
import type { FleetTotals } from '#lib/model/live.ts';

/** The numbers of the number row over the trailing minute. Null is "can't be said", never zero. */
export interface RowTotals {
  requestsPerMin: number | null;
  errorRate: number | null;
  p95Ms: number | null;
  tokensPerMin: number | null;
  costPerHour: number | null;
  unpricedCallsPerMin: number;
}

/** The whole team as the server counted it. */
export function totalsOfTeam(totals: FleetTotals | null): RowTotals {
  return {
    requestsPerMin: totals?.requestsPerMin ?? null,
    errorRate: totals?.errorRate ?? null,
    p95Ms: totals?.p95Ms ?? null,
    tokensPerMin: totals?.tokensPerMin ?? null,
    costPerHour: totals?.costPerHour ?? null,
    unpricedCallsPerMin: totals?.unpricedCallsPerMin ?? 0,
  };
}

/**
 * Some agents, from their rows; a percentile of several agents can't be had from theirs and is asked of
 * the store.
 */
export function totalsOfAgents(agents: readonly FleetAgent[], p95Ms: number | null): RowTotals {
  const rows = agents.map((agent) => agent.live).filter((row) => row !== null);
  const sums = sumRows(rows);
  return sums === null ? totalsOfTeam(null) : { ...sums, p95Ms };
}

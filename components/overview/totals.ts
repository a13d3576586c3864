import type { FleetAgent } from '#components/agents/fleet.ts';
import type { FleetTotals } from '#lib/model/live.ts';

/** The numbers of the number row over the trailing minute. Null is "can't be said", never zero. */
export interface RowTotals {
  requestsPerMin: number | null;
  errorRate: number | null;
  p95Ms: number | null;
  tokensPerMin: number | null;
  costPerHour: number | null;
}

/** The whole team as the server counted it. */
export function totalsOfTeam(totals: FleetTotals | null): RowTotals {
  return {
    requestsPerMin: totals?.requestsPerMin ?? null,
    errorRate: totals?.errorRate ?? null,
    p95Ms: totals?.p95Ms ?? null,
    tokensPerMin: totals?.tokensPerMin ?? null,
    costPerHour: totals?.costPerHour ?? null,
  };
}

/**
 * Some agents, from their rows: sums add up, the error rate is weighted by requests; a percentile of
 * several agents can't be had from theirs and stays unsaid.
 */
export function totalsOfAgents(agents: readonly FleetAgent[]): RowTotals {
  const rows = agents.map((agent) => agent.live).filter((row) => row !== null);
  if (rows.length === 0) return totalsOfTeam(null);
  const sum = (value: (row: (typeof rows)[number]) => number) =>
    rows.reduce((total, row) => total + value(row), 0);
  const requests = sum((row) => row.requestsPerMin);
  return {
    requestsPerMin: requests,
    errorRate: requests > 0 ? sum((row) => (row.errorRate ?? 0) * row.requestsPerMin) / requests : null,
    p95Ms: null,
    tokensPerMin: sum((row) => row.tokensPerMin),
    costPerHour: sum((row) => row.costPerHour),
  };
}

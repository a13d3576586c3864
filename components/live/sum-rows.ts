import { knownCost } from '#lib/model/cost.ts';
import type { FleetRow } from '#lib/model/live.ts';

/** What rows of the fleet add up to over the trailing minute. Null is "can't be said", never zero. */
export interface RowSums {
  requestsPerMin: number;
  errorsPerMin: number;
  errorRate: number | null;
  tokensPerMin: number;
  /** As far as prices are known. */
  costPerHour: number | null;
  unpricedCallsPerMin: number;
}

/** Sums add up, the error rate is weighted by requests; null without rows. Percentiles can't be had this way. */
export function sumRows(rows: readonly FleetRow[]): RowSums | null {
  if (rows.length === 0) return null;
  const sum = (value: (row: FleetRow) => number) => rows.reduce((total, row) => total + value(row), 0);
  const requestsPerMin = sum((row) => row.requestsPerMin);
  const errorsPerMin = sum((row) => (row.errorRate ?? 0) * row.requestsPerMin);
  const unpricedCallsPerMin = sum((row) => row.unpricedCallsPerMin);
  return {
    requestsPerMin,
    errorsPerMin,
    errorRate: requestsPerMin > 0 ? errorsPerMin / requestsPerMin : null,
    tokensPerMin: sum((row) => row.tokensPerMin),
    costPerHour: knownCost(
      sum((row) => row.costPerHour ?? 0),
      unpricedCallsPerMin,
    ),
    unpricedCallsPerMin,
  };
}

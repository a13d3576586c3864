import type { LiveMeasure } from '#lib/model/live.ts';
import type { FleetStore } from './stores.ts';
import { sumRows } from './sum-rows.ts';
import type { LiveTail } from './windows.ts';

/**
 * What is live of one environment: the trailing minute of its agents' rows. Their 10-second windows are not
 * sent, so it continues no line; percentiles and the two kinds of tokens are not in the rows either.
 */
export function environmentTail(fleet: FleetStore, environment: string): LiveTail {
  const minute = (measure: LiveMeasure): number | null | undefined => {
    const rows = fleet.rows();
    const sums = rows && sumRows(rows.filter((row) => row.environment === environment));
    switch (measure) {
      case 'requests':
        return sums?.requestsPerMin;
      case 'errors':
        return sums?.errorsPerMin;
      case 'error_rate':
        return sums?.errorRate;
      case 'tokens':
        return sums?.tokensPerMin;
      case 'cost':
        return sums?.costPerHour;
      case 'unpriced_calls':
        return sums?.unpricedCallsPerMin;
      default:
        return undefined;
    }
  };
  const { subscribe } = fleet.notifier;
  return { read: () => null, minute, onMinute: subscribe, subscribe };
}

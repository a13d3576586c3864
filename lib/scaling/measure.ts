import { type ReceptionStretch, wasListening } from '#lib/model/reception.ts';
import type { ScalingRule } from '#lib/model/scaling.ts';
import type { MetricReader, WindowsQuery } from '#lib/ports/metric-store/port.ts';

/** Data so young may still be on its way, milliseconds; the same as rules of alerts wait. */
const LATE_MS = 30_000;
const GRAIN_MS = 10_000;

type Window = WindowsQuery['windows'][number];

/** What was measured in one window; null: nothing is known. */
export interface Measured {
  load: number | null;
  costPerHour: number | null;
  /** Whether telemetry could be taken throughout: else silence says nothing of the agent. */
  isHeard: boolean;
}

/** What is measured for a look at a moment, Unix milliseconds. */
export function windowAt({ windowSeconds }: ScalingRule, atMs: number): Window {
  const to = Math.floor((atMs - LATE_MS) / GRAIN_MS) * GRAIN_MS;
  return { from: to - windowSeconds * 1000, to };
}

function loadQuery({ load }: ScalingRule): Pick<WindowsQuery, 'metric' | 'measure' | 'of'> | null {
  if (load === null) return null;
  if (load.by === 'queue_depth') return { metric: load.metric, measure: 'avg' };
  const measure = load.by === 'request_rate' ? 'requests' : 'latency_p95';
  return { metric: 'operations', measure, of: 'agent' };
}

/**
 * What is known of the cost of an hour. Where calls have no price it is more than that: enough to say that a budget is
 * exceeded, not that it is kept.
 */
function knownCost(ceiling: number, perMinute: number | null, unpriced: number | null): number | null {
  if (perMinute === null) return null;
  const costPerHour = perMinute * 60;
  return (unpriced ?? 0) > 0 && costPerHour <= ceiling ? null : costPerHour;
}

/** Asks the metric store what a policy goes by, in each of some windows. */
export async function measureLoad(
  metrics: Pick<MetricReader, 'measureWindows'>,
  of: { teamId: string; agentId: string; rule: ScalingRule },
  windows: readonly Window[],
  receptions: readonly ReceptionStretch[],
): Promise<Measured[]> {
  const { teamId, agentId, rule } = of;
  const ask = async (query: Pick<WindowsQuery, 'metric' | 'measure' | 'of'> | null) =>
    query && (await metrics.measureWindows(teamId, { ...query, groups: [[agentId]], windows })).values[0];
  const operations = (measure: 'cost' | 'unpriced_calls') =>
    rule.costPerHour === null ? null : { metric: 'operations', measure };
  const [loads, costs, unpriced] = await Promise.all([
    ask(loadQuery(rule)),
    ask(operations('cost')),
    ask(operations('unpriced_calls')),
  ]);
  return windows.map((window, i) => {
    const isHeard = wasListening(receptions, window);
    const cost = knownCost(rule.costPerHour ?? 0, costs?.[i] ?? null, unpriced?.[i] ?? null);
    return isHeard
      ? { isHeard, load: loads?.[i] ?? null, costPerHour: cost }
      : { isHeard, load: null, costPerHour: null };
  });
}

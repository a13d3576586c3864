import type { GateState, GateView } from '#lib/model/deployment-gate.ts';
import { formatCount, formatDuration, formatMoney, formatPercent } from '#lib/model/format.ts';
import type { GateEvidence, GateMetric } from '#lib/model/gate.ts';

/** The words of a gate on the page of its deployment. */

/** As `isRate` of lib/model/gate.ts, which would bring the validator into the browser. */
const isRate = (metric: GateMetric): boolean => metric === 'error_rate' || metric === 'tool_failure_rate';

export const METRIC_NAMES: Record<GateMetric, string> = {
  error_rate: 'Errors',
  tool_failure_rate: 'Failed tool calls',
  p95_latency: 'p95 latency',
  cost: 'Cost a run',
  tokens: 'Tokens a run',
};

export const STATE_WORDS: Record<GateState, string> = {
  waiting: 'It is judged once it is rolled out.',
  judging: 'Its telemetry is being judged.',
  held: 'The looks decided nothing: it waits for somebody.',
  passed: 'It is no worse than is allowed.',
  failed: 'It is not allowed to stay.',
  let_through: 'Somebody let it through.',
  skipped: 'Nothing ran before it that it could be compared with.',
  stopped: 'The deployment ended before it was decided.',
};

export const VERDICT_WORDS = {
  pass: 'passes',
  fail: 'fails',
  inconclusive: 'open',
  no_data: 'no data',
  error: 'not asked',
} as const;

/** A value of a metric: a share, a time, US dollars or tokens. */
export function valueWords(metric: GateMetric, value: number | null): string {
  if (isRate(metric)) return formatPercent(value);
  if (metric === 'p95_latency') return formatDuration(value);
  return metric === 'cost' ? formatMoney(value) : formatCount(value);
}

/** A change: points of a rate, percent of the others. */
export function changeWords(metric: GateMetric, change: number): string {
  const size = Math.abs(change * 100);
  const digits = size < 10 ? size.toFixed(1).replace(/\.0$/, '') : String(Math.round(size));
  const sign = digits === '0' ? '' : change < 0 ? '−' : '+';
  return isRate(metric) ? `${sign}${digits} points` : `${sign}${digits}%`;
}

/** `+12 to +26 points`; what is not known of one side is said. */
export function rangeWords({ metric, low, high }: Pick<GateEvidence, 'metric' | 'low' | 'high'>): string {
  if (low === null && high === null) return 'nothing is known yet';
  if (high === null) return `at least ${changeWords(metric, low ?? 0)}`;
  if (low === null) return `at most ${changeWords(metric, high)}`;
  return `${changeWords(metric, low)} to ${changeWords(metric, high)}`;
}

/** Where a change lies on a scale that shows no change, the margin and the whole interval: shares of its length. */
export interface Scale {
  zero: number;
  margin: number;
  /** Null where nothing is known of the change. */
  from: number | null;
  to: number | null;
  at: number | null;
}

/** How much room the scale keeps around what it shows. */
const AROUND = 0.08;
/** A side of which nothing is known goes off the scale, but does not stretch it. */
export function scaleOf({ low, high, change, margin }: Omit<GateEvidence, 'metric'> | GateEvidence): Scale {
  const shown = [0, margin * 2, low, high, change].filter((value) => value !== null);
  const [least, most] = [Math.min(...shown), Math.max(...shown)];
  const room = (most - least || 1) * AROUND;
  const place = (value: number) => (value - least + room) / (most - least + 2 * room || 1);
  const isKnown = low !== null || high !== null;
  return {
    ...{ zero: place(0), margin: place(margin) },
    from: isKnown ? (low === null ? 0 : place(low)) : null,
    to: isKnown ? (high === null ? 1 : place(high)) : null,
    at: change === null ? null : place(change),
  };
}

/** How many looks there were, of how many. */
export function looksWords({ looks, gate }: GateView): string {
  return `${looks.length} of ${gate.definition.looks} looks taken`;
}

/**
 * Charts, first half: every decision (units, colours, gaps, what the live end adds) is taken here by
 * pure functions; `draw` only puts the result on a canvas.
 */
import { atLeast } from '#lib/model/cost.ts';
import { formatCount, formatDuration, formatMoney, formatPercent } from '#lib/model/format.ts';
import type { LiveMeasure } from '#lib/model/live.ts';

/** How values of a panel are read: the words behind a number and the scale of stored sums. */
export const UNITS = {
  perMinute: { suffix: '/min', format: formatCount },
  ratio: { suffix: '', format: formatPercent },
  duration: { suffix: '', format: formatDuration },
  moneyPerHour: { suffix: '/h', format: formatMoney },
  plain: { suffix: '', format: formatCount },
} as const;
export type Unit = keyof typeof UNITS;

interface MeasureLook {
  label: string;
  unit: Unit;
  /** Index into the eight series colours: the same measure has the same colour on every page. */
  colour: number;
}

export const MEASURES: Record<LiveMeasure, MeasureLook> = {
  requests: { label: 'Requests', unit: 'perMinute', colour: 1 },
  errors: { label: 'Errors', unit: 'perMinute', colour: 2 },
  error_rate: { label: 'Error rate', unit: 'ratio', colour: 2 },
  latency_p50: { label: 'p50', unit: 'duration', colour: 6 },
  latency_p95: { label: 'p95', unit: 'duration', colour: 4 },
  latency_p99: { label: 'p99', unit: 'duration', colour: 7 },
  input_tokens: { label: 'Input', unit: 'perMinute', colour: 3 },
  output_tokens: { label: 'Output', unit: 'perMinute', colour: 5 },
  tokens: { label: 'Tokens', unit: 'perMinute', colour: 3 },
  cost: { label: 'Cost', unit: 'moneyPerHour', colour: 8 },
  unpriced_calls: { label: 'Calls without a price', unit: 'perMinute', colour: 7 },
};

/** The words of a value, of which it may be a part only. */
export const formatPart = (words: string, isPart: boolean): string => (isPart ? atLeast(words) : words);

/** What turns a stored value into the unit that is shown: the store answers rates per minute. */
export function scaleOf(unit: Unit): number {
  return unit === 'moneyPerHour' ? 60 : 1;
}

/** The colour of any other series, decided by its identity alone (FNV-1a). */
export function colourOf(identity: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < identity.length; i++) hash = Math.imul(hash ^ identity.charCodeAt(i), 0x01000193);
  return ((hash >>> 0) % 8) + 1;
}

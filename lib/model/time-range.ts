/** The global time range of the console: presets that end now (live), or two fixed moments. */

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Presets in the order of the control; keys stand in the URL. */
export const RANGE_PRESETS = {
  '15m': { label: 'Last 15 minutes', ms: 15 * MINUTE_MS },
  '1h': { label: 'Last hour', ms: HOUR_MS },
  '3h': { label: 'Last 3 hours', ms: 3 * HOUR_MS },
  '12h': { label: 'Last 12 hours', ms: 12 * HOUR_MS },
  '24h': { label: 'Last 24 hours', ms: DAY_MS },
  '7d': { label: 'Last 7 days', ms: 7 * DAY_MS },
  '30d': { label: 'Last 30 days', ms: 30 * DAY_MS },
  '90d': { label: 'Last 90 days', ms: 90 * DAY_MS },
} as const;
export type RangePreset = keyof typeof RANGE_PRESETS;

const DEFAULT_PRESET: RangePreset = '1h';

/** A range ending now moves on and is fed live; a fixed range stands still. Times are Unix milliseconds. */
export type TimeRange =
  | { kind: 'live'; preset: RangePreset }
  | { kind: 'fixed'; fromMs: number; toMs: number };

export const SHORTEST_RANGE_MS = 10_000;
export const LONGEST_RANGE_MS = 400 * DAY_MS;

function isPreset(value: string | null | undefined): value is RangePreset {
  return value !== null && value !== undefined && Object.hasOwn(RANGE_PRESETS, value);
}

/** Reads a range from search parameters; anything unreadable falls back to the default preset. */
export function parseRange(params: { get(name: string): string | null | undefined }): TimeRange {
  const fromMs = Number(params.get('from') ?? Number.NaN);
  const toMs = Number(params.get('to') ?? Number.NaN);
  const span = toMs - fromMs;
  if (
    Number.isSafeInteger(fromMs) &&
    Number.isSafeInteger(toMs) &&
    span >= SHORTEST_RANGE_MS &&
    span <= LONGEST_RANGE_MS
  ) {
    return { kind: 'fixed', fromMs, toMs };
  }
  const preset = params.get('range');
  return { kind: 'live', preset: isPreset(preset) ? preset : DEFAULT_PRESET };
}

/** The search parameters of a range; the default preset needs none. */
export function rangeQuery(range: TimeRange): { range?: string; from?: number; to?: number } {
  if (range.kind === 'fixed') return { from: range.fromMs, to: range.toMs };
  return range.preset === DEFAULT_PRESET ? {} : { range: range.preset };
}

/** Both ends of a range at a moment, Unix milliseconds. */
export function boundsOf(range: TimeRange, nowMs: number): { fromMs: number; toMs: number } {
  return range.kind === 'fixed'
    ? { fromMs: range.fromMs, toMs: range.toMs }
    : { fromMs: nowMs - RANGE_PRESETS[range.preset].ms, toMs: nowMs };
}

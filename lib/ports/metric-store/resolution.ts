import { ROLLUP_LEVELS, type RollupLevel } from '#lib/model/metric.ts';

/** The longest range that each level answers, in seconds: no line has more than 2880 windows. */
const LONGEST_RANGE: Record<RollupLevel, number> = {
  10: 2 * 3600,
  60: 2 * 86_400,
  3600: 90 * 86_400,
  86400: Number.POSITIVE_INFINITY,
};

/** How long after their end windows of a level may still be waiting to be rolled up, in seconds. */
const SETTLE: Record<RollupLevel, number> = { 10: 0, 60: 60, 3600: 180, 86400: 600 };

/** How long after its end a window of a level is surely rolled up, in seconds. */
const ROLLED_UP: Record<RollupLevel, number> = { 10: 5, 60: 10, 3600: 60, 86400: 180 };

export interface Resolution {
  /** The level whose rows are read. */
  level: RollupLevel;
  /** Seconds between two values of the answer: a multiple of the level. */
  stepSeconds: number;
  /** Start of the first step, Unix milliseconds. */
  fromMs: number;
  /** Number of steps. */
  steps: number;
  /** From here on (Unix milliseconds) windows of the level may be missing: rows of `tailLevel` are read instead. */
  tailFromMs: number;
  tailLevel: RollupLevel;
}

export interface Range {
  fromMs: number;
  toMs: number;
  /** Width of the panel: no more steps than that. */
  pixels: number;
  nowMs: number;
  /** Rows that a window has in this query: its lines, if percentiles have to be merged from their sketches. */
  rowsPerWindow: number;
  /** Rows that may be read. */
  maxRows: number;
  /** From when on the rows of each level are all there; days are kept for ever. */
  wholeFromMs: Readonly<Record<10 | 60 | 3600, number>>;
}

function fits(level: RollupLevel, range: Range): boolean {
  const seconds = (range.toMs - range.fromMs) / 1000;
  if (seconds > LONGEST_RANGE[level]) return false;
  if (level !== 86_400 && range.fromMs < range.wholeFromMs[level]) return false;
  return (seconds / level) * range.rowsPerWindow <= range.maxRows;
}

/** The finest level that answers a range without reading more rows than allowed, and its steps. */
export function pickResolution(range: Range): Resolution {
  const level = ROLLUP_LEVELS.find((candidate) => fits(candidate, range)) ?? 86_400;
  const windows = Math.ceil((range.toMs - range.fromMs) / 1000 / level);
  const stepSeconds = level * Math.max(1, Math.ceil(windows / range.pixels));
  const stepMs = stepSeconds * 1000;
  const fromMs = Math.floor(range.fromMs / stepMs) * stepMs;
  const levelMs = level * 1000;
  return {
    level,
    stepSeconds,
    fromMs,
    steps: Math.max(1, Math.ceil((range.toMs - fromMs) / stepMs)),
    tailFromMs: Math.floor((range.nowMs - SETTLE[level] * 1000) / levelMs) * levelMs,
    tailLevel: ROLLUP_LEVELS[Math.max(0, ROLLUP_LEVELS.indexOf(level) - 1)] ?? 10,
  };
}

/**
 * Up to when the rows of an answer speak, Unix milliseconds: the end of the range in whole windows, but no
 * further than what is rolled up by now. The last step of a range is seldom covered whole, and its sums must
 * not be taken for those of a whole step.
 *
 * @param newestEndMs end of the newest window that was found, which is rolled up whatever the clock says
 */
export function coveredTo(resolution: Resolution, toMs: number, nowMs: number, newestEndMs: number): number {
  const last = toMs > resolution.tailFromMs ? resolution.tailLevel : resolution.level;
  const windowMs = last * 1000;
  const settledMs = Math.floor((nowMs - ROLLED_UP[last] * 1000) / windowMs) * windowMs;
  return Math.min(Math.ceil(toMs / windowMs) * windowMs, Math.max(settledMs, newestEndMs));
}

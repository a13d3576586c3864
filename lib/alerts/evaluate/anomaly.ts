const WEEK_MS = 7 * 86_400_000;
const HOUR_MS = 3_600_000;

/** Fewer weeks than this with data are not enough to know what is usual. */
export const LEAST_WEEKS = 3;

interface Window {
  from: number;
  to: number;
}

/**
 * The windows of earlier weeks that a window is compared with: those that fill the same hour of the week,
 * or the same window where it is longer than an hour. Week by week, the latest first.
 */
export function usualWindows({ from, to }: Window, weeks: number): Window[][] {
  const length = Math.max(60_000, Math.ceil((to - from) / 60_000) * 60_000);
  return Array.from({ length: weeks }, (_, i) => {
    const shift = (i + 1) * WEEK_MS;
    if (length > HOUR_MS) return [{ from: to - shift - length, to: to - shift }];
    const hour = Math.floor((to - 1) / HOUR_MS) * HOUR_MS - shift;
    return Array.from({ length: Math.floor(HOUR_MS / length) }, (_, part) => ({
      from: hour + part * length,
      to: hour + (part + 1) * length,
    }));
  });
}

function median(sorted: readonly number[]): number {
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}

const sorted = (values: readonly number[]) => values.toSorted((a, b) => a - b);

/**
 * How many median absolute deviations a value is away from the median of the weeks before; null while fewer
 * than three weeks have data. A history that hardly moves counts as moving by a hundredth.
 */
export function deviation(
  value: number,
  history: readonly (readonly (number | null)[])[],
  direction: 'above' | 'below' | 'both',
): number | null {
  const weeks = history
    .map((week) => week.filter((entry) => entry !== null))
    .filter((week) => week.length > 0);
  if (weeks.length < LEAST_WEEKS) return null;
  const all = weeks.flat();
  const middle = median(sorted(all));
  const spread = median(sorted(all.map((entry) => Math.abs(entry - middle))));
  const distance = value - middle;
  const directed = direction === 'both' ? Math.abs(distance) : direction === 'above' ? distance : -distance;
  return Math.max(0, directed) / Math.max(spread, Math.abs(middle) / 100, 1e-9);
}

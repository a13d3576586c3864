/** One line as it goes in: times are window ends, Unix milliseconds, ascending. */
export interface LineIn {
  timesMs: readonly number[];
  values: readonly (number | null)[];
}

/** uPlot's aligned columns: seconds, then one column a line. */
export type Columns = [number[], ...(number | null)[][]];

/** How many steps may pass without a point before the line is broken. */
const GAP_STEPS = 1.75;

/** This long before its end a history may still miss what is live already: the store was late. */
const LATE_STORE_MS = 30_000;

/**
 * History with its live end: live points count only after the last stored value, so nothing is shown twice and
 * a late store never makes the line jump back. Silence that the store has seen for a while is silence: what
 * ended in one window and arrived in the next would be shown in both.
 */
export function withLiveEnd(history: LineIn, live: LineIn | null): LineIn {
  if (live === null || live.timesMs.length === 0) return history;
  const lastMs = Math.max(lastKnown(history), (history.timesMs.at(-1) ?? 0) - LATE_STORE_MS);
  const from = live.timesMs.findIndex((time) => time > lastMs);
  if (from < 0) return history;
  const keep = history.timesMs.findLastIndex((time) => time <= lastMs) + 1;
  return {
    timesMs: [...history.timesMs.slice(0, keep), ...live.timesMs.slice(from)],
    values: [...history.values.slice(0, keep), ...live.values.slice(from)],
  };
}

/** The end of the last window that has a value; the live end starts there. */
function lastKnown(line: LineIn): number {
  const at = line.values.findLastIndex((value) => value !== null);
  return at < 0 ? Number.NEGATIVE_INFINITY : (line.timesMs[at] ?? Number.NEGATIVE_INFINITY);
}

/**
 * Puts lines over one time axis between two moments. A time that a line doesn't have is null; where
 * all lines are silent for longer than a step, a row of nulls keeps the gap a gap.
 */
export function alignLines(
  lines: readonly LineIn[],
  range: { fromMs: number; toMs: number },
  stepSeconds: number,
): Columns {
  const times = new Set<number>();
  for (const line of lines) {
    for (const time of line.timesMs) if (time >= range.fromMs && time <= range.toMs) times.add(time);
  }
  const axis = withGaps(
    [...times].sort((a, b) => a - b),
    stepSeconds * 1000,
  );
  const columns = lines.map((line) => {
    const byTime = new Map(line.timesMs.map((time, i) => [time, line.values[i] ?? null]));
    return axis.map((time) => byTime.get(time) ?? null);
  });
  return [axis.map((time) => time / 1000), ...columns];
}

function withGaps(times: readonly number[], stepMs: number): number[] {
  const axis: number[] = [];
  for (const time of times) {
    const before = axis.at(-1);
    if (before !== undefined && time - before > stepMs * GAP_STEPS) axis.push(before + stepMs);
    axis.push(time);
  }
  return axis;
}

/**
 * Whether something was left out of what stands at each time of an axis, in seconds: a point says what came since the
 * point before it.
 *
 * @param leftOut how much was left out, by the ends of its windows
 */
export function isLeftOutAt(axis: readonly number[], leftOut: LineIn): boolean[] {
  let next = leftOut.timesMs.findIndex((time) => time >= (axis[0] ?? 0) * 1000);
  return axis.map((seconds) => {
    let isSome = false;
    for (; next >= 0 && (leftOut.timesMs[next] ?? Number.POSITIVE_INFINITY) <= seconds * 1000; next++)
      isSome ||= (leftOut.values[next] ?? 0) > 0;
    return isSome;
  });
}

/** The top of the scale: a little air above the greatest value, never zero. */
export function topOf(columns: Columns, least: number): number {
  let top = 0;
  for (const column of columns.slice(1)) {
    for (const value of column) if (value !== null && value > top) top = value;
  }
  return Math.max(top * 1.12, least);
}

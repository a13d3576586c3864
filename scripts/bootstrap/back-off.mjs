/** Times of restarts: the first at once almost, then doubling to half a minute. */
const FIRST_MS = 250;
const LONGEST_MS = 30_000;
/** A process that ran this long counts as healthy again. */
const STABLE_MS = 60_000;

/**
 * Decides how long to wait before a crashed process is started again.
 *
 * @param previous failures in a row so far
 * @param ranMs how long the process ran before it ended
 * @returns failures: the new count; waitMs: milliseconds until the restart
 */
export function backOff(previous, ranMs) {
  const failures = ranMs >= STABLE_MS ? 1 : previous + 1;
  return { failures, waitMs: Math.min(LONGEST_MS, FIRST_MS * 2 ** (failures - 1)) };
}

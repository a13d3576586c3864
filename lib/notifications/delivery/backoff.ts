const BASE_MS = 2000;
const LONGEST_MS = 300_000;

/**
 * How long to wait before the next attempt: doubling from 2 s to 5 min, spread by half so that many don't
 * return at once, and never before the receiver said (alerting S90).
 *
 * @param attempt number of the one that just failed, from 1
 * @param random from 0 to 1
 */
export function retryDelayMs(attempt: number, retryAfterMs: number | null, random: number): number {
  const step = Math.min(LONGEST_MS, BASE_MS * 2 ** Math.min(attempt - 1, 20));
  return Math.max(step * (0.5 + random / 2), retryAfterMs ?? 0);
}

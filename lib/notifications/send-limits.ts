import type { ChannelKind } from '#lib/model/alert.ts';

/** At most `count` messages in any `seconds`. */
interface Window {
  count: number;
  seconds: number;
}

/**
 * What one address of a person gets at most (alerting S86). A webhook is a gateway for SMS or voice: it
 * costs money and wakes people. What is over waits and then goes out bundled.
 */
const LIMITS: Record<'email' | 'push' | 'webhook', readonly Window[]> = {
  push: [
    { count: 5, seconds: 60 },
    { count: 30, seconds: 900 },
  ],
  email: [
    { count: 5, seconds: 60 },
    { count: 30, seconds: 900 },
  ],
  webhook: [
    { count: 1, seconds: 60 },
    { count: 5, seconds: 900 },
    { count: 11, seconds: 3600 },
    { count: 21, seconds: 10_800 },
  ],
};

/** How far back sends count, seconds. */
export const LONGEST_WINDOW_SECONDS = 10_800;

/**
 * When the next message may go to a person's address, Unix milliseconds: now, unless a window is full.
 *
 * @param sentMs when messages went there before, in any order
 */
export function nextAllowedMs(kind: ChannelKind, sentMs: readonly number[], nowMs: number): number {
  if (kind !== 'push' && kind !== 'email' && kind !== 'webhook') return nowMs;
  const newest = sentMs.toSorted((a, b) => b - a);
  let at = nowMs;
  for (const { count, seconds } of LIMITS[kind]) {
    const oldestThatCounts = newest[count - 1];
    if (oldestThatCounts !== undefined) at = Math.max(at, oldestThatCounts + seconds * 1000);
  }
  return at;
}

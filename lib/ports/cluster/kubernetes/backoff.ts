import { setTimeout as wait } from 'node:timers/promises';

/** How long a watch waits and how long it believes silence; milliseconds. */
export interface WatchPace {
  firstMs: number;
  maxMs: number;
  /** Neither event nor bookmark for so long: what is known is read anew (deployment S-82). */
  silenceMs: number;
  /** From 0 up to 1: many that broke at once do not come back at once. */
  random(): number;
}

export const WATCH_PACE: WatchPace = {
  firstMs: 1000,
  maxMs: 30_000,
  silenceMs: 10 * 60_000,
  random: Math.random,
};

/** Pauses that double, with jitter, up to a longest one (deployment S-79). */
export function createBackoff({ firstMs, maxMs, random }: WatchPace) {
  let failures = 0;
  return {
    reset(): void {
      failures = 0;
    },
    /** Resolves after the pause, and early when it is aborted. */
    async pause(atLeastMs: number, signal: AbortSignal): Promise<void> {
      const doubled = Math.min(maxMs, firstMs * 2 ** Math.min(failures, 20));
      failures += 1;
      const ms = Math.max(atLeastMs, doubled * (0.5 + random() / 2));
      await wait(Math.min(ms, Math.max(maxMs, atLeastMs)), undefined, { signal }).catch(() => undefined);
    },
  };
}

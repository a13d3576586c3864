import { setTimeout as sleep } from 'node:timers/promises';

/** From one look whether the store is back to the next, milliseconds. */
const PROBE_EVERY_MS = 1000;

/** What became of asking a store: its answer, or null while it gives none. */
type Asked<T> = { answer: T } | null;

/** Asks a store that may be away. */
export type Circuit = <T>(ask: () => Promise<T>) => Promise<Asked<T>>;

/**
 * Keeps those who ask a store from waiting for it while it hangs: whoever is in the middle of asking waits once, from
 * then on nobody does, until it has answered a probe that nobody waits for (reliability F10).
 *
 * @param probe resolves when the store answers; rejects after a time-out of its own, as what is asked does
 */
export function createCircuit(probe: () => Promise<unknown>, everyMs = PROBE_EVERY_MS): Circuit {
  let isAway = false;

  async function waitForStore(): Promise<void> {
    while (isAway) {
      await sleep(everyMs, undefined, { ref: false });
      try {
        await probe();
        isAway = false;
      } catch {}
    }
  }

  return async (ask) => {
    if (isAway) return null;
    try {
      return { answer: await ask() };
    } catch {
      if (!isAway) {
        isAway = true;
        void waitForStore();
      }
      return null;
    }
  };
}

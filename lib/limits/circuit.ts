/** After a store did not answer it is left alone for this long, milliseconds. */
const SKIPPED_MS = 5000;

/** What became of asking a store: its answer, or that it gave none. */
export type Asked<T> = { answer: T } | null;

/** Asks a store that may be away; null while it is. */
export type Circuit = <T>(ask: () => Promise<T>) => Promise<Asked<T>>;

/**
 * Keeps those who ask a store from waiting for it one after the other while it hangs: whoever is in the middle of
 * asking waits once, from then on nobody does, but one every 5 s who tries whether it is back (reliability F10).
 *
 * @param ask rejects when the store did not answer, after a time-out of its own
 * @param now milliseconds that only grow
 */
export function createCircuit(now: () => number = () => performance.now()): Circuit {
  let skippedUntilMs = 0;
  return async (ask) => {
    if (now() < skippedUntilMs) return null;
    // Whoever comes while one tries goes on without the store.
    if (skippedUntilMs > 0) skippedUntilMs = now() + SKIPPED_MS;
    try {
      const answer = await ask();
      skippedUntilMs = 0;
      return { answer };
    } catch {
      skippedUntilMs = now() + SKIPPED_MS;
      return null;
    }
  };
}

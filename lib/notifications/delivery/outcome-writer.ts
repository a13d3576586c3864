import type { Outcome } from './record-outcomes.ts';

/**
 * Collects outcomes while the last ones are being written, so that many small sends share a transaction.
 * Resolves when what was given is written.
 */
export function createOutcomeWriter(write: (outcomes: readonly Outcome[]) => Promise<void>) {
  let waiting: Outcome[] = [];
  let next: Promise<void> | null = null;
  let running: Promise<void> = Promise.resolve();

  async function flush(before: Promise<void>): Promise<void> {
    await before.catch(() => undefined);
    const batch = waiting;
    waiting = [];
    next = null;
    await write(batch).catch(() => writeSingly(batch));
  }

  /** A deadlock or one outcome that can't be written must not cost the others theirs. */
  async function writeSingly(batch: readonly Outcome[]): Promise<void> {
    const results = await Promise.allSettled(batch.map((outcome) => write([outcome])));
    const errors = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
    if (errors.length > 0) throw new AggregateError(errors, `${errors.length} outcomes were not written`);
  }

  return (outcomes: readonly Outcome[]): Promise<void> => {
    waiting.push(...outcomes);
    if (!next) {
      next = flush(running);
      running = next;
    }
    return next;
  };
}

import type { Db } from '#db/client.ts';
import { eraseNextBatch } from '#lib/content/erasure/erase-step.ts';
import type { Clock } from '#lib/kernel/clock.ts';
import type { Loop } from '../loop.ts';

/** Erases stored content that people asked to be erased, a bounded batch a step. */
export function erasureLoop({ db, clock }: { db: Db; clock: Clock }): Loop {
  return {
    name: 'erasures',
    intervalMs: 5_000,
    timeoutMs: 120_000,
    exclusive: 'claims',
    async step() {
      const done = await eraseNextBatch(db, clock.now());
      return { done, more: done > 0 };
    },
  };
}

import type { createLiveEvaluation } from '#lib/pipeline/evaluate/live.ts';
import type { Loop } from '../loop.ts';

/** Keeps the evaluation at each live tick up to date: its shards, its rules and what fires already. */
export function liveEvaluationLoop(live: ReturnType<typeof createLiveEvaluation>): Loop {
  let started: Promise<void> | null = null;
  return {
    name: 'live-evaluations',
    // Shards are leased for 10 s. While there are rules, the agenda calls each second.
    intervalMs: 4000,
    timeoutMs: 60_000,
    exclusive: 'claims',
    async step() {
      started ??= live.start();
      await started.catch((error: unknown) => {
        started = null;
        throw error;
      });
      return { done: await live.refresh(), more: false };
    },
  };
}

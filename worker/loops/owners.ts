import {
  type SettleTools,
  settleWaitingTraces,
  WAITING_BATCH,
} from '#lib/pipeline/owners/settle-waiting-traces.ts';
import type { Loop } from '../loop.ts';

/** Finds the agents of spans that were stored before their ancestors. */
export function ownersLoop(tools: SettleTools): Loop {
  return {
    name: 'owners',
    intervalMs: 10_000,
    timeoutMs: 60_000,
    exclusive: 'claims',
    async step() {
      const done = await settleWaitingTraces(tools);
      return { done, more: done >= WAITING_BATCH };
    },
  };
}

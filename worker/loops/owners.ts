import { type SettleTools, settleWaitingTraces } from '#lib/pipeline/owners/settle-waiting-traces.ts';
import type { Loop } from '../loop.ts';

/** Finds the agents of spans that were stored before their ancestors, and what of them repeats the usage of others. */
export function ownersLoop(tools: SettleTools): Loop {
  return {
    name: 'owners',
    intervalMs: 10_000,
    timeoutMs: 60_000,
    exclusive: 'claims',
    step: () => settleWaitingTraces(tools),
  };
}

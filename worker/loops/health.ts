import { checkHealth, HEALTH_BATCH, type HealthTools } from '#lib/agents/check-health.ts';
import type { Loop } from '../loop.ts';

/** Checks the health of agents that are due. */
export function healthLoop(tools: HealthTools): Loop {
  return {
    name: 'health',
    intervalMs: 1000,
    timeoutMs: 60_000,
    exclusive: 'claims',
    async step(signal) {
      const done = await checkHealth(tools, signal);
      return { done, more: done >= HEALTH_BATCH };
    },
  };
}

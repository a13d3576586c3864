import { observeRunning } from '#lib/pipeline/deploy/observe-running.ts';
import type { DeployTools } from '#lib/pipeline/deploy/run-deployments.ts';
import type { Loop } from '../loop.ts';

/** Looks whether what was deployed is what runs. */
export function runningImageLoop(tools: Pick<DeployTools, 'db' | 'clusters' | 'announce'>): Loop {
  return {
    name: 'running-images',
    intervalMs: 60_000,
    timeoutMs: 60_000,
    exclusive: 'claims',
    async step(signal) {
      const done = await observeRunning(tools, signal);
      return { done, more: false };
    },
  };
}

import type { DeployTools } from '#lib/pipeline/deploy/run-deployments.ts';
import { runPreviews } from '#lib/pipeline/deploy/run-previews.ts';
import type { Loop } from '../loop.ts';

/**
 * Says what deployments would change. Not among the steps that carry deployments out: those wait up to 30 s for a
 * cluster that hangs, and whoever asks looks at a page meanwhile.
 */
export function previewLoop(tools: DeployTools): Loop {
  return {
    name: 'previews',
    intervalMs: 10_000,
    timeoutMs: 30_000,
    exclusive: 'claims',
    async step(signal) {
      return { done: await runPreviews(tools, signal), more: false };
    },
  };
}

import { type CheckTools, checkClusters } from '#lib/clusters/check-clusters.ts';
import type { Loop } from '../loop.ts';

/** Looks whether clusters can be reached and what may be done there, when somebody asks. */
export function clusterCheckLoop(tools: CheckTools): Loop {
  return {
    name: 'cluster-checks',
    intervalMs: 30_000,
    timeoutMs: 30_000,
    exclusive: 'claims',
    async step(signal) {
      return { done: await checkClusters(tools, signal), more: false };
    },
  };
}

import type { createClusterWatches } from '#lib/clusters/watches/cluster-watches.ts';
import { type AdoptTools, adoptFound } from '#lib/pipeline/adopt/adopt-found.ts';
import type { Loop } from '../loop.ts';

/** Keeps connected clusters watched, each by one worker, and adopts what is found where that happens by itself. */
export function clusterWatchLoop(
  watches: Pick<ReturnType<typeof createClusterWatches>, 'refresh'>,
  tools: AdoptTools,
): Loop {
  return {
    name: 'cluster-watches',
    // A third of a lease. Clusters that nobody watches stand on the agenda.
    intervalMs: 8000,
    timeoutMs: 25_000,
    exclusive: 'claims',
    async step(signal) {
      const watched = await watches.refresh(signal);
      return { done: watched === 0 ? 0 : await adoptFound(tools), more: false };
    },
  };
}

import type { Clock } from '#lib/kernel/clock.ts';
import type { MetricStore } from '#lib/ports/metric-store/port.ts';
import type { Loop } from '../loop.ts';

interface RollupTools {
  metricStore: Pick<MetricStore<never>, 'rollUp'>;
  clock: Clock;
}

/** Rolls up the windows that are closed and changed. Stopped in between, the next worker goes on. */
export function rollupLoop({ metricStore, clock }: RollupTools): Loop {
  return {
    name: 'rollups',
    intervalMs: 10_000,
    timeoutMs: 120_000,
    exclusive: 'claims',
    async step(signal) {
      return { done: await metricStore.rollUp(clock.now(), signal), more: false };
    },
  };
}

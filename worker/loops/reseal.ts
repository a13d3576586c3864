import type { Log } from '#lib/kernel/log.ts';
import type { Loop } from '../loop.ts';

interface ResealTools {
  /** Seals a batch anew with the master key in force. */
  reseal(): Promise<{ done: number; more: boolean }>;
  log: Log;
}

/** After a change of the master key: once this says that nothing is left, the former key can go. */
export function resealLoop({ reseal, log }: ResealTools): Loop {
  return {
    name: 'reseal',
    intervalMs: 600_000,
    timeoutMs: 300_000,
    exclusive: 'one',
    async step() {
      const { done, more } = await reseal();
      if (done > 0) log.info({ done, more }, 'secrets of a former master key were sealed anew');
      return { done, more };
    },
  };
}

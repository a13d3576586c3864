import type { Deliverer } from '#lib/notifications/delivery/deliver-due.ts';
import type { Loop } from '../loop.ts';

/** Carries the outbox out; what was started goes on between the steps. */
export function deliveryLoop(deliverer: Pick<Deliverer, 'step'>): Loop {
  return {
    name: 'deliveries',
    intervalMs: 10_000,
    timeoutMs: 60_000,
    exclusive: 'claims',
    wakeOn: 'deliveries',
    async step(signal) {
      return { done: await deliverer.step(signal), more: false };
    },
  };
}

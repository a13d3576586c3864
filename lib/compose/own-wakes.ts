import { randomToken } from '#lib/kernel/ids.ts';
import type { EventBus } from '#lib/ports/event-bus/port.ts';

/** As `channels.wake` names them. */
const isWake = (channel: string) => channel.startsWith('wake:');

/**
 * A bus on which wakes reach the loops of this process at once, whether the server takes them or not: what one loop
 * leaves to the next costs no look at the agenda while Redis hangs or is gone (reliability F9, F10). Other workers
 * hear of it through the server; its echo is left out here, so that a loop does not run twice.
 */
export function wakeOwnLoops(bus: EventBus): EventBus {
  const self = randomToken(8);
  const own = new Map<string, Set<() => void>>();
  return {
    kind: bus.kind,
    publish(channel, payload) {
      if (!isWake(channel)) return bus.publish(channel, payload);
      for (const wake of own.get(channel) ?? []) wake();
      return bus.publish(channel, self);
    },
    async subscribe(pattern, handler) {
      if (!isWake(pattern)) return bus.subscribe(pattern, handler);
      const wake = () => handler('', pattern);
      const wakes = own.get(pattern) ?? new Set();
      own.set(pattern, wakes.add(wake));
      try {
        const leave = await bus.subscribe(pattern, (payload, channel) => {
          if (payload !== self) handler(payload, channel);
        });
        return async () => {
          wakes.delete(wake);
          await leave();
        };
      } catch (error) {
        wakes.delete(wake);
        throw error;
      }
    },
    onGap: (handler) => bus.onGap(handler),
    close: () => bus.close(),
  };
}

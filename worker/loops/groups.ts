import type { Db } from '#db/client.ts';
import { flushGroups, GROUP_BATCH } from '#lib/notifications/flush-groups.ts';
import { wakeLoops } from '#lib/pipeline/raise/announce-alerts.ts';
import { refreshMutes } from '#lib/pipeline/route/refresh-mutes.ts';
import type { EventBus } from '#lib/ports/event-bus/port.ts';
import type { Loop } from '../loop.ts';

/** Tells groups of alerts at their ticks; what keeps alerts quiet is brought up to date first. */
export function groupLoop({ db, bus }: { db: Db; bus: EventBus }): Loop {
  return {
    name: 'groups',
    intervalMs: 10_000,
    timeoutMs: 30_000,
    exclusive: 'claims',
    wakeOn: 'groups',
    async step() {
      const failed = await refreshMutes(db, bus);
      const { groups, messages } = await flushGroups(db, GROUP_BATCH, [...failed.keys()]);
      if (messages > 0) wakeLoops(bus, 'deliveries');
      if (failed.size > 0)
        throw new AggregateError(failed.values(), `the mutes of ${failed.size} teams could not be looked at`);
      return { done: groups, more: groups >= GROUP_BATCH };
    },
  };
}

import type { Db } from '#db/client.ts';
import { ANNOUNCEMENT_BATCH, announceTransitions } from '#lib/agents/announce-transitions.ts';
import type { EventBus } from '#lib/ports/event-bus/port.ts';
import type { Loop } from '../loop.ts';

/** Publishes stored transitions; whoever stored them may be gone. */
export function announcementLoop({ db, bus }: { db: Db; bus: EventBus }): Loop {
  return {
    name: 'announcements',
    intervalMs: 10_000,
    timeoutMs: 10_000,
    exclusive: 'claims',
    async step() {
      const done = await announceTransitions(db, bus);
      return { done, more: done >= ANNOUNCEMENT_BATCH };
    },
  };
}

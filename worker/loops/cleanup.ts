import type { Db } from '#db/client.ts';
import { removeEndedSessions } from '#lib/members/remove-ended-sessions.ts';
import { forgetDeliveries } from '#lib/repositories/webhooks/settle-deliveries.ts';
import type { Loop } from '../loop.ts';

/** Removes what has ended and nobody will ask for again. */
export function cleanupLoop(db: Db): Loop {
  return {
    name: 'cleanup',
    intervalMs: 10 * 60_000,
    timeoutMs: 60_000,
    exclusive: 'one',
    async step() {
      const forgotten = await forgetDeliveries(db);
      const { done, more } = await removeEndedSessions(db);
      return { done: done + forgotten, more };
    },
  };
}

import type { Db } from '#db/client.ts';
import { removeEndedSessions } from '#lib/members/remove-ended-sessions.ts';
import type { Loop } from '../loop.ts';

/** Removes what has ended and nobody will ask for again. */
export function cleanupLoop(db: Db): Loop {
  return {
    name: 'cleanup',
    intervalMs: 10 * 60_000,
    timeoutMs: 60_000,
    exclusive: 'one',
    step: () => removeEndedSessions(db),
  };
}

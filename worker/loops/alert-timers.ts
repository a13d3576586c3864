import type { Db } from '#db/client.ts';
import { runAlertTimers } from '#lib/pipeline/raise/run-alert-timers.ts';
import type { EventBus } from '#lib/ports/event-bus/port.ts';
import type { Loop } from '../loop.ts';

/** Ends alerts that nobody repeats, and lets acknowledgements and snoozes run out. */
export function alertTimerLoop({ db, bus }: { db: Db; bus: EventBus }): Loop {
  return {
    name: 'alert-timers',
    intervalMs: 10_000,
    timeoutMs: 30_000,
    exclusive: 'claims',
    async step() {
      const { done, more, errors } = await runAlertTimers(db, bus);
      if (errors.length > 0)
        throw new AggregateError(errors, `the timers of ${errors.length} teams could not be run`);
      return { done, more };
    },
  };
}

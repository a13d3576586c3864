import type { Db } from '#db/client.ts';
import { enterEscalationSteps } from '#lib/pipeline/escalate/enter-escalation-steps.ts';
import { handOverPages } from '#lib/pipeline/escalate/hand-over-pages.ts';
import { wakeLoops } from '#lib/pipeline/raise/announce-alerts.ts';
import type { EventBus } from '#lib/ports/event-bus/port.ts';
import type { Loop } from '../loop.ts';

/** Enters due steps of escalations, and writes the messages of pages that are due. */
export function escalationLoop({ db, bus }: { db: Db; bus: Pick<EventBus, 'publish'> }): Loop {
  return {
    name: 'escalations',
    intervalMs: 10_000,
    timeoutMs: 60_000,
    exclusive: 'claims',
    wakeOn: 'escalations',
    async step() {
      const steps = await enterEscalationSteps(db);
      const pages = await handOverPages(db);
      const done = steps.done + pages.done;
      if (done > 0) wakeLoops(bus, 'deliveries');
      if (steps.errors.length > 0)
        throw new AggregateError(steps.errors, `${steps.errors.length} escalations could not be stepped`);
      return { done, more: steps.more || pages.more };
    },
  };
}

import type { Db } from '#db/client.ts';
import { auditNotifications } from '#lib/pipeline/deliver/audit-notifications.ts';
import type { EventBus } from '#lib/ports/event-bus/port.ts';
import type { Loop } from '../loop.ts';

/** Looks whether everything that should have been sent was. */
export function auditorLoop({ db, bus }: { db: Db; bus: EventBus }): Loop {
  return {
    name: 'auditor',
    intervalMs: 60_000,
    timeoutMs: 60_000,
    exclusive: 'one',
    async step() {
      return { done: await auditNotifications(db, bus), more: false };
    },
  };
}

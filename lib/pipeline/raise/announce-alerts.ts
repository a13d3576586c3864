import type { ChangedAlert } from '#lib/model/alert-finding.ts';
import { channels, type TeamEvent, type WakeQueue } from '#lib/model/event.ts';
import type { EventBus } from '#lib/ports/event-bus/port.ts';

/** More changes than this are announced as one: whoever shows alerts reads them again. */
const ANNOUNCED_SINGLY = 100;
const WOKEN: readonly WakeQueue[] = ['groups', 'escalations', 'deliveries'];

/** Wakes the loops that notify. Never rejects: they look by themselves too. */
async function wakeNotifiers(bus: Pick<EventBus, 'publish'>): Promise<void> {
  await Promise.allSettled(WOKEN.map((queue) => bus.publish(channels.wake(queue), '')));
}

/** What browsers are told of changed alerts. */
export function alertEvents(changed: readonly ChangedAlert[], at: Date): TeamEvent[] {
  if (changed.length > ANNOUNCED_SINGLY)
    return [{ type: 'alerts.changed', count: changed.length, at: at.getTime() }];
  return changed.map(({ alertId, alert: { version, status, severity, title, agentId } }) => ({
    type: 'alert.changed',
    alertId,
    version,
    status,
    severity,
    title,
    agentId,
    at: at.getTime(),
  }));
}

/** Tells browsers what changed and wakes the loops that go on from here. Never rejects. */
export async function announceAlerts(
  bus: Pick<EventBus, 'publish'>,
  teamId: string,
  changed: readonly ChangedAlert[],
  at: Date,
): Promise<void> {
  if (changed.length === 0) return;
  const events = alertEvents(changed, at).map((event) => JSON.stringify(event));
  await Promise.allSettled(events.map((event) => bus.publish(channels.events(teamId), event)));
  await wakeNotifiers(bus);
}

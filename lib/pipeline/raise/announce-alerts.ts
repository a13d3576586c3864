import type { ChangedAlert } from '#lib/model/alert-finding.ts';
import { channels, type TeamEvent, type WakeQueue } from '#lib/model/event.ts';
import type { EventBus } from '#lib/ports/event-bus/port.ts';

/** More changes than this are announced as one: whoever shows alerts reads them again. */
const ANNOUNCED_SINGLY = 100;

/**
 * Hands a message to the bus and waits for nothing: rows say it all, whoever listens looks by themselves too, and a
 * bus that is away must hold up no alert (reliability F9, F10).
 */
function hint(bus: Pick<EventBus, 'publish'>, channel: string, payload: string): void {
  bus.publish(channel, payload).catch(() => undefined);
}

/** Wakes loops that have something to do now. */
export function wakeLoops(bus: Pick<EventBus, 'publish'>, ...queues: readonly WakeQueue[]): void {
  for (const queue of queues) hint(bus, channels.wake(queue), '');
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

/** Tells browsers what changed and wakes the loops that go on from here, without waiting for the bus. */
export function announceAlerts(
  bus: Pick<EventBus, 'publish'>,
  teamId: string,
  changed: readonly ChangedAlert[],
  at: Date,
): void {
  if (changed.length === 0) return;
  for (const event of alertEvents(changed, at)) hint(bus, channels.events(teamId), JSON.stringify(event));
  wakeLoops(bus, 'groups', 'escalations', 'deliveries');
}

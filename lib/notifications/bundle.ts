import { SEVERITIES, type Severity } from '#lib/model/alert.ts';
import { MESSAGE_ALERTS, type MessageAlert, type NotificationMessage } from '#lib/model/notification.ts';

const rank = (severity: Severity) => SEVERITIES.indexOf(severity);

function worst(messages: readonly NotificationMessage[]): Severity {
  return messages.reduce<Severity>(
    (found, { severity }) => (rank(severity) > rank(found) ? severity : found),
    'info',
  );
}

/**
 * Makes one message of several to the same address: each alert once, the most severe first (alerting S86,
 * S87). One alone stays as it is.
 *
 * @param messages at least one, in the order in which they were caused
 * @param spokenOf how many alerts they are about; each names its first ones only
 */
export function bundleMessages(messages: readonly NotificationMessage[], spokenOf = 0): NotificationMessage {
  const [first] = messages;
  if (!first) throw new Error('There is nothing to bundle.');
  const alerts = new Map<string, MessageAlert>();
  for (const message of messages) for (const alert of message.alerts) alerts.set(alert.id, alert);
  const newest = messages.at(-1) ?? first;
  if (messages.length === 1 || alerts.size === 1) return newest;
  const sorted = [...alerts.values()].toSorted((a, b) => rank(b.severity) - rank(a.severity));
  const count = Math.max(sorted.length, spokenOf, ...messages.map(({ alertCount }) => alertCount));
  const lines = sorted.slice(0, 5).map(({ title }) => title);
  return {
    title: `${count} alerts need you`,
    text: count > lines.length ? `${lines.join('\n')}\nand ${count - lines.length} more` : lines.join('\n'),
    severity: worst(messages),
    status: messages.some(({ status }) => status === 'firing') ? 'firing' : newest.status,
    alerts: sorted.slice(0, MESSAGE_ALERTS),
    alertCount: count,
    resolvedIds: messages.flatMap(({ resolvedIds }) => resolvedIds),
    links: { view: '/alerts', runbook: null },
    reason: newest.reason,
    groupLabels: {},
  };
}

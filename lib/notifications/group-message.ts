import { type Labels, type NotifyReason, SEVERITIES, type Severity } from '#lib/model/alert.ts';
import { MESSAGE_ALERTS, type MessageAlert, type NotificationMessage } from '#lib/model/notification.ts';
import { paths } from '#lib/model/paths.ts';

/** An alert as it stands in the message of a group. */
export interface GroupAlert {
  id: string;
  title: string;
  message: string;
  severity: Severity;
  status: 'active' | 'acknowledged' | 'resolved';
  startsAt: Date;
  value: number | null;
  runbookUrl: string | null;
}

const rank = (alert: GroupAlert): number => SEVERITIES.indexOf(alert.severity);
const byUrgency = (a: GroupAlert, b: GroupAlert): number =>
  rank(b) - rank(a) || b.startsAt.getTime() - a.startsAt.getTime();

function toMessageAlert(alert: GroupAlert): MessageAlert {
  const { id, title, severity, status, startsAt, value } = alert;
  return { id, title, severity, status, url: paths.alert(id), startsAt: startsAt.toISOString(), value };
}

function titleOf(alerts: readonly GroupAlert[], isOver: boolean, labels: Labels): string {
  const [only] = alerts;
  const about = alerts.length === 1 && only ? only.title : Object.values(labels).join(' ');
  const count = alerts.length === 1 ? '' : `${alerts.length} alerts`;
  const subject = [count, about].filter((part) => part !== '').join(': ');
  return isOver ? `Resolved: ${subject}` : subject;
}

/** What a channel is told of a group: those that fire, and of those that ended the ones it knew as firing. */
export function groupMessage(about: {
  firing: readonly GroupAlert[];
  resolved: readonly GroupAlert[];
  labels: Labels;
  reason: NotifyReason;
  /** Why it is told again; empty where the reason says it all. */
  words: string;
}): NotificationMessage {
  const firing = about.firing.toSorted(byUrgency);
  const resolved = about.resolved.toSorted(byUrgency);
  const isOver = firing.length === 0;
  const all = [...firing, ...resolved];
  const [first] = all;
  const text = [about.words, isOver ? '' : (first?.message ?? '')].filter((part) => part !== '').join('\n');
  return {
    title: titleOf(isOver ? resolved : firing, isOver, about.labels),
    text,
    severity: first?.severity ?? 'info',
    status: isOver ? 'resolved' : 'firing',
    alerts: all.slice(0, MESSAGE_ALERTS).map(toMessageAlert),
    alertCount: all.length,
    resolvedIds: resolved.map(({ id }) => id),
    links: { view: first ? paths.alert(first.id) : null, runbook: first?.runbookUrl ?? null },
    reason: about.reason,
    groupLabels: about.labels,
  };
}

import { cutText } from '#lib/model/cut-text.ts';
import type { MessageAlert, NotificationMessage } from '#lib/model/notification.ts';

/** Cuts at whole characters; says so with an ellipsis. */
export function clip(text: string, max: number): string {
  const sound = text.toWellFormed();
  if (sound.length <= max) return sound;
  return `${cutText(sound, max - 1)}…`;
}

/** The first line of a message in every form: what happened and how bad it is. */
export function headline({ status, severity, title }: NotificationMessage): string {
  if (status === 'notice' || title.startsWith('Resolved: ')) return title;
  return status === 'resolved' ? `Resolved: ${title}` : `${severity.toUpperCase()}: ${title}`;
}

/** Alerts that are counted and not listed. */
export function unlisted({ alerts, alertCount }: NotificationMessage): number {
  return Math.max(0, alertCount - alerts.length);
}

/** One alert in a line, without markup. */
export function alertLine({ status, severity, title, value }: MessageAlert): string {
  const head = status === 'resolved' ? 'resolved' : severity;
  return `${head}: ${title}${value === null ? '' : ` (${value})`}`;
}

/** Only web addresses become links (security N7). */
export function webLink(url: string | null | undefined): string | null {
  return url && /^https?:\/\//i.test(url) && URL.canParse(url) ? url : null;
}

/** The same message without addresses that are no web addresses, for receivers that are given it whole. */
export function withWebLinks(message: NotificationMessage): NotificationMessage {
  const { view, ack, runbook } = message.links;
  return {
    ...message,
    alerts: message.alerts.map((alert) => ({ ...alert, url: webLink(alert.url) ?? '' })),
    links: { view: webLink(view), ack: webLink(ack), runbook: webLink(runbook) },
  };
}

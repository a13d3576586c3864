import type { Severity } from '#lib/model/alert.ts';
import {
  NOTIFICATION_PRIORITY,
  type NotificationDraft,
  type NotificationMessage,
} from '#lib/model/notification.ts';
import { paths } from '#lib/model/paths.ts';
import { bundleMessages } from '#lib/notifications/bundle.ts';

/** What a page says of its alert. */
interface PagedAlert {
  alertId: string;
  severity: Severity;
  title: string;
  message: string;
  value: number | null;
  runbookUrl: string | null;
  startsAt: Date;
}

/** A page that nobody sent in this time is of no use any more; milliseconds. */
export const PAGE_LIFETIME_MS = 6 * 3_600_000;
/** Pages about more alerts than this for one address at one moment go out as one message. */
const SENT_SINGLY = 3;

/** What a person or a channel is told when a step of an escalation reaches them. */
export function pageMessage(alert: PagedAlert, reason: 'page' | 'escalation'): NotificationMessage {
  const url = paths.alert(alert.alertId);
  const { alertId: id, title, severity, value } = alert;
  return {
    title,
    text: alert.message,
    severity,
    status: 'firing',
    alerts: [{ id, title, severity, status: 'active', url, startsAt: alert.startsAt.toISOString(), value }],
    alertCount: 1,
    resolvedIds: [],
    links: { view: url, runbook: alert.runbookUrl },
    reason,
    groupLabels: {},
  };
}

function addressOf({ channelId, contactMethodId, userId, kind, teamId }: NotificationDraft): string {
  return `${teamId} ${channelId ?? contactMethodId ?? `${userId} ${kind}`}`;
}

/** Makes one message of many to the same address, so that a storm of alerts is no storm of pages (alerting S86). */
export function bundleDrafts(drafts: readonly NotificationDraft[]): NotificationDraft[] {
  const byAddress = Map.groupBy(drafts, addressOf);
  return [...byAddress.values()].flatMap((own) => {
    const [first] = own;
    if (!first || own.length <= SENT_SINGLY) return own;
    return {
      ...first,
      alertIds: own.flatMap(({ alertIds }) => alertIds),
      message: bundleMessages(own.map(({ message }) => message)),
      priority: Math.min(...own.map(({ priority }) => priority)),
    };
  });
}

export function pagePriority(isFirst: boolean): number {
  return isFirst ? NOTIFICATION_PRIORITY.firstPage : NOTIFICATION_PRIORITY.page;
}

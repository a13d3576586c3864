import type { AlertStatus, ChannelKind, Labels, Severity } from './alert.ts';

/**
 * What a notification says, before an adapter turns it into its own form. Who enqueues one writes paths of
 * the console; delivery completes them with the public address and adds the link that acknowledges.
 */

/** An alert as a message shows it. */
export interface MessageAlert {
  id: string;
  title: string;
  severity: Severity;
  status: AlertStatus;
  /** Path in the console, or an absolute address. */
  url: string;
  /** ISO 8601. */
  startsAt: string;
  value: number | null;
}

export interface MessageLinks {
  /** Where the alert or the group is shown. */
  view: string | null;
  /** Opens the page that asks for the acknowledgement; set at delivery, for messages to a person (alerting S88). */
  ack?: string | null;
  runbook: string | null;
}

/** `notice`: Pitwall about itself, nobody can acknowledge it. */
export type MessageStatus = 'firing' | 'resolved' | 'notice';

export interface NotificationMessage {
  title: string;
  text: string;
  /** The highest among its alerts. */
  severity: Severity;
  status: MessageStatus;
  /** The first of them by urgency, at most `MESSAGE_ALERTS`; `alertCount` says how many there are. */
  alerts: MessageAlert[];
  alertCount: number;
  /** Those of the notification's alerts that it tells as resolved; all others are told as firing. */
  resolvedIds: string[];
  links: MessageLinks;
  /** Why it is sent, as a code receivers can go by: a `NotifyReason`, `page`, `test`, ... (alerting S49). */
  reason: string;
  /** The channel that a fallback stands in for (alerting S92). */
  insteadOf?: string;
  /** Labels that the alerts of a group share by its route; empty outside groups. */
  groupLabels: Labels;
}

/** More alerts than this are counted in a message, not listed. */
export const MESSAGE_ALERTS = 20;

export const NOTIFICATION_PURPOSES = ['group', 'page', 'notice', 'test'] as const;
export type NotificationPurpose = (typeof NOTIFICATION_PURPOSES)[number];

/** Smaller goes first. The first page of an alert goes before everything else (alerting S86). */
export const NOTIFICATION_PRIORITY = {
  firstPage: 0,
  page: 10,
  group: 20,
  test: 20,
  notice: 50,
  repeat: 80,
} as const;

/** One message to one place, to be written to the outbox. */
export interface NotificationDraft {
  teamId: string;
  purpose: NotificationPurpose;
  kind: ChannelKind;
  /** Exactly one of channel, contact method and user is the target; a contact method comes with its user. */
  channelId?: string | null;
  userId?: string | null;
  contactMethodId?: string | null;
  groupId?: string | null;
  alertIds: readonly string[];
  /** The same cause reaches the same target once, however often it is enqueued. */
  cause: string;
  reason: string;
  message: NotificationMessage;
  priority: number;
  /** After this it is not worth sending any more. */
  expiresAt: Date;
}

import type { Severity } from './alert.ts';
import type { MessageStatus } from './notification.ts';

/** What a device receives, at most 4 KB encrypted (alerting S98); the service worker shows it, whatever is missing. */
export interface PushPayload {
  v: 1;
  /** The notification's id. */
  id: string;
  /** What a newer message replaces on the device: the alert's id, or `bundle`. */
  tag: string;
  title: string;
  body: string;
  severity: Severity;
  status: MessageStatus;
  /** The alert it speaks of; null when there are several or none. */
  alertId: string | null;
  alertCount: number;
  /** Absolute address to open on a tap. */
  url: string | null;
  /** Absolute address of the page that asks for the acknowledgement; its last part is the token. */
  ack: string | null;
  reason: string;
  /** Whom it was sent to: an acknowledgement from it is theirs, whoever is signed in by then. */
  personId: string;
  /** When it was sent, Unix milliseconds. */
  at: number;
}

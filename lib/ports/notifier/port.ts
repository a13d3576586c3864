/**
 * Notifiers: the promise of everything that carries a message to the outside. An adapter turns the message
 * into its own form, sends it once and says what became of it; retries, leases and logs are the outbox's.
 */
import type { ChannelKind } from '#lib/model/alert.ts';
import type { NotificationMessage } from '#lib/model/notification.ts';
import type { NotifierTargets } from '#lib/model/notification-channel.ts';

/** One message, complete: its links are absolute. */
export interface Delivery {
  /** The same on every attempt: receivers deduplicate by it (alerting S94). */
  id: string;
  /** Stable for a group across all its messages: SHA-256 of its key, hexadecimal (alerting S41). */
  dedupKey: string;
  /** What a newer message replaces on a device: the alert it speaks of. */
  topic: string;
  /** When this attempt began, Unix milliseconds. */
  atMs: number;
  /** Seconds until it is not worth showing any more; at least 1. */
  ttlSeconds: number;
  message: NotificationMessage;
}

/** What became of one attempt. Only an answer that says so is "sent" (alerting S91). */
export type SendOutcome =
  /** `delivered`: the receiver has it. `sent`: somebody took it on who will deliver it. */
  | { kind: 'delivered' | 'sent'; providerId: string | null; httpStatus: number | null }
  /** Worth another attempt: no answer, a broken connection, 5xx, 429 (alerting S90). */
  | { kind: 'retry'; error: string; httpStatus: number | null; retryAfterMs: number | null }
  /** Another attempt would fail in the same way. */
  | { kind: 'refused'; error: string; httpStatus: number | null }
  /** The address does not exist any more (alerting S95). */
  | { kind: 'gone'; error: string; httpStatus: number | null };

export interface Notifier<K extends ChannelKind> {
  /** Sends once; never rejects. `signal` ends the attempt, which then is worth another. */
  send(target: NotifierTargets[K], delivery: Delivery, signal: AbortSignal): Promise<SendOutcome>;
}

export type Notifiers = { readonly [K in ChannelKind]: Notifier<K> };

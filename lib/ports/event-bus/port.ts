/**
 * The promise of the event bus: small messages from any process to every process that listens.
 *
 * Delivery is at most once and in order per publisher and channel; messages published while a
 * subscriber is away are lost to it. Whoever needs more keeps a sequence number in the payload and
 * reloads from the store on a gap. Payloads are strings of at most 1 MiB.
 */
export interface EventBus {
  /** For the ready line and the metrics: `redis` or `embedded`. */
  readonly kind: 'redis' | 'embedded';
  /** Resolves when the message has been handed over; rejects with AppError `unavailable` when it can't be, within 2 s. */
  publish(channel: string, payload: string): Promise<void>;
  /**
   * Calls `handler` for each message on a channel. A trailing `*` matches any suffix (`live:*`).
   * Resolves once the subscription is in force.
   */
  subscribe(
    pattern: string,
    handler: (payload: string, channel: string) => void,
  ): Promise<() => Promise<void>>;
  /** Called when messages may have been lost (reconnection): subscribers reload. */
  onGap(handler: () => void): void;
  close(): Promise<void>;
}

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

/** What may be said of a question beside what is asked. */
export interface QuestionOptions {
  /** Something that one of the workers may hold for the asker: that one is asked first. */
  holding?: string;
  /** Called when a worker has been told to go ahead: from then on what it does may be done, answer or not. */
  onTaken?(): void;
}

/** Asks workers, over the bus, for what a process does not do itself: exactly one of them does it. */
export interface Workers {
  /**
   * @throws AppError `unavailable` when no worker is there or none has answered in time; else the one that the worker
   * answered with
   */
  ask(kind: string, input: unknown, options?: QuestionOptions): Promise<unknown>;
}

/** How a worker answers one kind of question. What it throws is told as it is if it is an AppError. */
export interface Answerer {
  /** Whether it holds something for who asks. */
  holds?(what: string): boolean;
  answer(input: unknown, signal: AbortSignal): Promise<unknown>;
}

import { AppError } from '#lib/kernel/errors.ts';
import type { Log } from '#lib/kernel/log.ts';

export type BusHandler = (payload: string, channel: string) => void;

/** Longest payload, bytes of UTF-8. */
export const MAX_PAYLOAD_BYTES = 1024 * 1024;

/** @throws AppError `too_large` for a payload over 1 MiB */
export function checkPayload(payload: string): void {
  if (payload.length * 3 <= MAX_PAYLOAD_BYTES) return;
  if (Buffer.byteLength(payload) > MAX_PAYLOAD_BYTES) {
    throw new AppError('too_large', 'A bus message may hold at most 1 MiB.');
  }
}

/** Settles like `work`, but no later than `timeoutMs`, then with AppError `unavailable`. */
export async function within<T>(timeoutMs: number, what: string, work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new AppError('unavailable', `The event bus did not ${what} within ${timeoutMs} ms.`)),
    timeoutMs,
  );
  work.catch(() => {});
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Who listens to what, the same for every adapter. A handler that throws costs the others nothing. */
export class Subscriptions {
  readonly #log: Log;
  #handlers = new Map<string, Set<{ handler: BusHandler }>>();
  #gapHandlers = new Set<() => void>();

  constructor(log: Log) {
    this.#log = log;
  }

  /** All patterns with a listener. */
  get patterns(): string[] {
    return [...this.#handlers.keys()];
  }

  /** Adds a listener; the returned function removes it and says whether it was the last of its pattern. */
  add(pattern: string, handler: BusHandler): () => boolean {
    const entry = { handler };
    const entries = this.#handlers.get(pattern) ?? new Set();
    this.#handlers.set(pattern, entries);
    entries.add(entry);
    return () => {
      if (!entries.delete(entry) || entries.size > 0) return false;
      return this.#handlers.get(pattern) === entries && this.#handlers.delete(pattern);
    };
  }

  /** Hands a message to every listener of every pattern that its channel matches. */
  dispatch(channel: string, payload: string): void {
    for (const pattern of this.#handlers.keys()) {
      if (matches(pattern, channel)) this.dispatchTo(pattern, channel, payload);
    }
  }

  dispatchTo(pattern: string, channel: string, payload: string): void {
    for (const { handler } of this.#handlers.get(pattern) ?? []) {
      this.#guard(() => handler(payload, channel));
    }
  }

  onGap(handler: () => void): void {
    this.#gapHandlers.add(handler);
  }

  gap(): void {
    for (const handler of this.#gapHandlers) this.#guard(handler);
  }

  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#log.error({ err: error }, 'a bus listener failed');
    }
  }
}

/** Whether a channel belongs to a pattern: the same name, or the prefix before a trailing `*`. */
export function matches(pattern: string, channel: string): boolean {
  return pattern.endsWith('*') ? channel.startsWith(pattern.slice(0, -1)) : pattern === channel;
}

import { AppError } from '../kernel/errors.ts';

export interface AdmissionParts {
  /** Items that may wait for their commit at a time. */
  maxBufferedItems: number;
  pendingItems(): number;
  /** Seconds until a caller may go on, 0 when at once. */
  waitSeconds(caller: string): number;
}

/**
 * Back-pressure in front of a bounded buffer (specs/performance.md 4): half a full buffer asks callers to
 * slow down, a full one takes nothing; a caller over its own rate waits whatever the buffer holds.
 *
 * @returns a check that throws AppError `unavailable` or `rate_limited` with the time to wait
 */
export function createAdmission({ maxBufferedItems, pendingItems, waitSeconds }: AdmissionParts) {
  return (caller: string): void => {
    const pending = pendingItems();
    if (pending >= maxBufferedItems) {
      throw new AppError('unavailable', 'The receiver is full.', { retryAfterSeconds: 5 });
    }
    if (pending >= maxBufferedItems / 2) {
      throw new AppError('rate_limited', 'The receiver is busy.', { retryAfterSeconds: 1 });
    }
    const seconds = waitSeconds(caller);
    if (seconds === 0) return;
    throw new AppError('rate_limited', 'This API key sends more items a second than it may.', {
      retryAfterSeconds: seconds,
    });
  };
}

import { AppError } from '#lib/kernel/errors.ts';

/** A secondary limit that names no end lasts this long (pitfall O3). */
const UNNAMED_MS = 60_000;
/** No limit is believed to last longer. */
const LONGEST_MS = 3_600_000;

type Headers = Readonly<Record<string, unknown>>;

const numberIn = (headers: Headers, name: string): number | null => {
  const value = headers[name];
  return typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : null;
};

/** When a limit that an answer speaks of is over, Unix milliseconds; null for an answer that is no limit. */
export function limitedUntil(status: number, headers: Headers, body: string, nowMs: number): number | null {
  const isSpent = numberIn(headers, 'x-ratelimit-remaining') === 0;
  const resetAt = (numberIn(headers, 'x-ratelimit-reset') ?? 0) * 1000;
  const after = numberIn(headers, 'retry-after');
  const isRefused = status === 403 || status === 429;
  const until = () => {
    if (isRefused && after !== null) return nowMs + after * 1000;
    if (isSpent && resetAt > nowMs) return resetAt;
    return status === 429 || (isRefused && /rate limit/i.test(body)) ? nowMs + UNNAMED_MS : null;
  };
  const at = until();
  return at === null ? null : Math.min(at, nowMs + LONGEST_MS);
}

/**
 * Lets the calls of an installation through until its limit is spent, and none of them until that is over
 * (deployment S-95). The queues of plugin-throttling are one for all installations, and go on into the limit
 * (pitfalls O4, O5).
 */
export function createRateGate(now: () => number) {
  const closed = new Map<string, number>();
  return {
    /** @throws AppError `rate_limited` with the seconds that are left */
    pass(key: string): void {
      const left = (closed.get(key) ?? 0) - now();
      if (left <= 0) return void closed.delete(key);
      throw new AppError('rate_limited', 'GitHub wants no more requests for a while.', {
        retryAfterSeconds: Math.ceil(left / 1000),
      });
    },
    note(key: string, status: number, headers: Headers, body: string): void {
      const until = limitedUntil(status, headers, body, now());
      if (until !== null) closed.set(key, Math.max(until, closed.get(key) ?? 0));
    },
  };
}

export type RateGate = ReturnType<typeof createRateGate>;

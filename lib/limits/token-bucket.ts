import type { Clock } from '../kernel/clock.ts';

/**
 * Limits: small, synchronous gates that doors ask before they work. A gate says yes, or how long to
 * wait; it never queues. They hold for one process; what must hold for all of them goes through Redis
 * or PostgreSQL.
 */

export interface Rate {
  /** Tokens that flow back each second. */
  perSecond: number;
  /** Tokens that a full bucket holds. */
  burst: number;
}

interface Bucket {
  tokens: number;
  filledAtMs: number;
}

/** How many keys are remembered before full buckets are forgotten; a forgotten bucket is a full one. */
const MAX_KEYS = 10_000;

/**
 * A token bucket a key, charged after the work is known: a caller is admitted while its bucket is not
 * in debt, and pays when its points have been counted. So one request may overdraw by its own size and
 * the next ones wait until the debt is paid; over time nobody passes more than `perSecond`.
 *
 * @param rate asked at every use, since it may change while it runs
 */
export function createTokenBuckets(rate: () => Rate, clock: Clock) {
  const buckets = new Map<string, Bucket>();

  function filled(key: string): Bucket {
    const nowMs = clock.now();
    const { perSecond, burst } = rate();
    let bucket = buckets.get(key);
    if (bucket === undefined) {
      if (buckets.size >= MAX_KEYS) forgetFull(nowMs);
      bucket = { tokens: burst, filledAtMs: nowMs };
      buckets.set(key, bucket);
    }
    const elapsedMs = Math.max(0, nowMs - bucket.filledAtMs);
    bucket.tokens = Math.min(burst, bucket.tokens + (elapsedMs * perSecond) / 1000);
    bucket.filledAtMs = nowMs;
    return bucket;
  }

  function forgetFull(nowMs: number): void {
    const { perSecond, burst } = rate();
    for (const [key, bucket] of buckets) {
      const refillMs = ((burst - bucket.tokens) * 1000) / perSecond;
      if (nowMs - bucket.filledAtMs >= refillMs) buckets.delete(key);
    }
  }

  return {
    /** 0 when the key may go on, else the seconds (rounded up, at least 1) until its debt is paid. */
    waitSeconds(key: string): number {
      const { tokens } = filled(key);
      return tokens >= 0 ? 0 : Math.max(1, Math.ceil(-tokens / rate().perSecond));
    },
    /** Takes what was used; may leave the bucket in debt. */
    charge(key: string, tokens: number): void {
      filled(key).tokens -= tokens;
    },
  };
}

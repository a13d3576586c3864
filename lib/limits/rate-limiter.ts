import type { Redis } from 'ioredis';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { AppError } from '#lib/kernel/errors.ts';

/** A budget of requests per key and window, the same for every process that shares the store. */
export interface RateLimiter {
  /** Takes one from the budget of `key`; throws AppError `rate_limited` with the seconds to wait. */
  take(key: string): Promise<void>;
}

export interface Budget {
  /** Names the budget in the store. */
  name: string;
  seconds: number;
  /** Asked at every take: a change holds from the next request on, and what was used before still counts. */
  points(): number | Promise<number>;
}

/**
 * Makes a limiter over Redis, where there is one, else over memory. While Redis is away each process
 * counts by itself, so that a budget never becomes unlimited (security U7).
 */
export function createRateLimiter(redis: Redis | null, budget: Budget): RateLimiter {
  const options = { keyPrefix: `limit:${budget.name}`, points: 0, duration: budget.seconds };
  const memory = new RateLimiterMemory(options);
  const limiter = redis
    ? new RateLimiterRedis({
        ...options,
        storeClient: redis,
        insuranceLimiter: memory,
        rejectIfRedisNotReady: true,
      })
    : memory;
  return {
    async take(key) {
      const points = await budget.points();
      limiter.points = points;
      memory.points = points;
      try {
        await limiter.consume(key);
      } catch (refusal) {
        if (!(refusal instanceof RateLimiterRes)) throw refusal;
        const retryAfterSeconds = Math.max(1, Math.ceil(refusal.msBeforeNext / 1000));
        throw new AppError('rate_limited', `Too many requests. Try again in ${retryAfterSeconds} s.`, {
          retryAfterSeconds,
        });
      }
    },
  };
}

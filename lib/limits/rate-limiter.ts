import type { Redis } from 'ioredis';
import {
  type RateLimiterAbstract,
  RateLimiterMemory,
  RateLimiterRedis,
  RateLimiterRes,
} from 'rate-limiter-flexible';
import { AppError } from '#lib/kernel/errors.ts';
import { type Circuit, createCircuit } from './circuit.ts';

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

/** A Redis that several budgets share, and whether it answers. */
export interface LimitStore {
  redis: Redis;
  circuit: Circuit;
}

export const createLimitStore = (redis: Redis): LimitStore => ({
  redis,
  circuit: createCircuit(() => redis.ping()),
});

/** Takes one; answers with the refusal, if any. @throws when the store did not answer */
async function consume(limiter: RateLimiterAbstract, key: string): Promise<RateLimiterRes | null> {
  try {
    await limiter.consume(key);
    return null;
  } catch (refusal) {
    if (refusal instanceof RateLimiterRes) return refusal;
    throw refusal;
  }
}

/**
 * Makes a limiter over Redis, where there is one, else over memory. While Redis is away each process
 * counts by itself, so that a budget never becomes unlimited (security U7); one that hangs costs a request one
 * time-out, however many budgets it takes from, and the next ones nothing (reliability F10).
 */
export function createRateLimiter(store: LimitStore | null, budget: Budget): RateLimiter {
  const options = { keyPrefix: `limit:${budget.name}`, points: 0, duration: budget.seconds };
  const memory = new RateLimiterMemory(options);
  const shared =
    store && new RateLimiterRedis({ ...options, storeClient: store.redis, rejectIfRedisNotReady: true });
  return {
    async take(key) {
      const points = await budget.points();
      memory.points = points;
      if (shared) shared.points = points;
      const asked = store && shared && (await store.circuit(() => consume(shared, key)));
      const refusal = asked ? asked.answer : await consume(memory, key);
      if (refusal === null) return;
      const retryAfterSeconds = Math.max(1, Math.ceil(refusal.msBeforeNext / 1000));
      throw new AppError('rate_limited', `Too many requests. Try again in ${retryAfterSeconds} s.`, {
        retryAfterSeconds,
      });
    },
  };
}

import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { randomToken } from '#lib/kernel/ids.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { createRateLimiter } from './rate-limiter.ts';

let world: World;
let redis: Redis;
beforeAll(async () => {
  world = await createWorld();
  redis = new Redis(world.redisUrl, {
    enableOfflineQueue: false,
    lazyConnect: true,
    maxRetriesPerRequest: 0,
  });
  await redis.connect();
});
afterAll(async () => {
  redis.disconnect();
  await world.close();
});

const budget = { points: () => 2, seconds: 60 };
const refused = { code: 'rate_limited', retryAfterSeconds: 60 };

test('security U7: two processes share one budget through Redis, and keys have their own', async () => {
  const name = randomToken(4);
  const [one, two] = [
    createRateLimiter(redis, { ...budget, name }),
    createRateLimiter(redis, { ...budget, name }),
  ];
  await one.take('a');
  await two.take('a');
  await expect(one.take('a')).rejects.toMatchObject(refused);
  await one.take('b');
});

test('security U7: without its store a budget is counted in the process, never unlimited', async () => {
  const gone = new Redis('redis://127.0.0.1:1', { enableOfflineQueue: false, lazyConnect: true });
  const limiter = createRateLimiter(gone, { ...budget, name: randomToken(4) });
  await limiter.take('a');
  await limiter.take('a');
  await expect(limiter.take('a')).rejects.toMatchObject({ code: 'rate_limited' });
  gone.disconnect();
});

import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { randomToken } from '#lib/kernel/ids.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { startRedis } from '#scripts/engines/redis.mjs';
import { createLimitStore, createRateLimiter } from './rate-limiter.ts';

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
    createRateLimiter(createLimitStore(redis), { ...budget, name }),
    createRateLimiter(createLimitStore(redis), { ...budget, name }),
  ];
  await one.take('a');
  await two.take('a');
  await expect(one.take('a')).rejects.toMatchObject(refused);
  await one.take('b');
});

test('security U7: without its store a budget is counted in the process, never unlimited', async () => {
  const gone = new Redis('redis://127.0.0.1:1', { enableOfflineQueue: false, lazyConnect: true });
  const limiter = createRateLimiter(createLimitStore(gone), { ...budget, name: randomToken(4) });
  await limiter.take('a');
  await limiter.take('a');
  await expect(limiter.take('a')).rejects.toMatchObject({ code: 'rate_limited' });
  gone.disconnect();
});

test('reliability F10: while its store hangs a request waits for it once, whatever it takes, and the next not at all', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'pitwall-limits-'));
  const own = await startRedis({ dir });
  const client = new Redis(own.url, { enableOfflineQueue: false, commandTimeout: 1000 });
  await once(client, 'ready');
  const store = createLimitStore(client);
  const minute = createRateLimiter(store, { ...budget, name: 'minute' });
  const hour = createRateLimiter(store, { ...budget, name: 'hour' });
  await minute.take('b');
  own.process.kill('SIGSTOP');
  const startedAt = performance.now();
  for (const limiter of [minute, hour, minute, hour]) await limiter.take('a');
  await expect(minute.take('a')).rejects.toMatchObject({ code: 'rate_limited' });
  expect(performance.now() - startedAt).toBeLessThan(1900);
  own.process.kill('SIGCONT');
  client.disconnect();
  await own.stop(2000);
  rmSync(dir, { recursive: true, force: true });
});

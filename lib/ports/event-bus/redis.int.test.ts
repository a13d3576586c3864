import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { expect, inject, test } from 'vitest';
import { createLog } from '#lib/kernel/log.ts';
import { startRedis } from '#scripts/engines/redis.mjs';
import { eventBusContract } from './contract.ts';
import { createRedisBus } from './redis.ts';

const log = createLog('test', 'silent');

/** A server that accepts and never says a word. */
async function silentServer() {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `redis://127.0.0.1:${address.port}`,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

eventBusContract('over Redis', async () => {
  const engines = inject('engines');
  if (!engines.redisUrl) throw new Error('This test needs a Redis: install redis-server or valkey-server.');
  const admin = new Redis(engines.redisUrl);
  // A database number of our own tells our connections from those of other tests.
  const database = randomInt(1, 4096);
  const redisUrl = engines.redisUrl.replace(/\/0$/, `/${database}`);
  return {
    open: () => createRedisBus(redisUrl, log),
    cut: async () => {
      const clients = String(await admin.call('CLIENT', 'LIST')).split('\n');
      for (const client of clients.filter((line) => line.includes(` db=${database} `))) {
        await admin.call('CLIENT', 'KILL', 'ID', /^id=(\d+)/.exec(client)?.[1] ?? '0');
      }
    },
    openUnreachable: async () => {
      const server = await silentServer();
      return { bus: createRedisBus(server.url, log), stop: server.stop };
    },
    close: async () => {
      admin.disconnect();
    },
  };
});

test('reliability F10: whoever sends many messages waits once for a server that hangs, and is heard again after it', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'pitwall-bus-'));
  const redis = await startRedis({ dir });
  const bus = createRedisBus(redis.url, log);
  await bus.publish('events', 'before');
  redis.process.kill('SIGSTOP');
  const waited = async () => {
    const startedAt = performance.now();
    await expect(bus.publish('events', 'lost')).rejects.toMatchObject({ code: 'unavailable' });
    return performance.now() - startedAt;
  };
  const first = await waited();
  const later: number[] = [];
  // Longer than a try of the server takes: no message waits for one either.
  while (later.length < 40) {
    later.push(await waited());
    await delay(100);
  }
  expect(first).toBeGreaterThan(1900);
  expect(later.reduce((a, b) => a + b)).toBeLessThan(1500);
  redis.process.kill('SIGCONT');
  const again = () =>
    bus.publish('events', 'after').then(
      () => true,
      () => delay(50).then(() => false),
    );
  while (!(await again()));
  await bus.close();
  await redis.stop(2000);
  rmSync(dir, { recursive: true, force: true });
});

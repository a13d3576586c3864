import { randomInt } from 'node:crypto';
import { createServer, type Socket } from 'node:net';
import { Redis } from 'ioredis';
import { expect, inject, test } from 'vitest';
import { createLog } from '#lib/kernel/log.ts';
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

test('reliability F10: whoever sends many messages waits for a server that hangs once, not for each', async () => {
  const server = await silentServer();
  const bus = createRedisBus(server.url, log);
  const startedAt = performance.now();
  for (let i = 0; i < 50; i++) {
    await expect(bus.publish('events', String(i))).rejects.toMatchObject({ code: 'unavailable' });
  }
  expect(performance.now() - startedAt).toBeLessThan(4000);
  await bus.close();
  await server.stop();
});

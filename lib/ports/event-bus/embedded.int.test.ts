import { subscribe } from 'node:diagnostics_channel';
import { connect, createServer, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createLog } from '#lib/kernel/log.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { eventBusContract } from './contract.ts';
import { createEmbeddedBus } from './embedded.ts';
import { FRAME, messageBody, writeFrame } from './embedded-frames.ts';

const log = createLog('test', 'silent');
const secret = 'a secret of this installation, long enough';

/** Every connection that a bus of this process accepted. */
const accepted = new Set<Socket>();
subscribe('net.server.socket', (message) => accepted.add((message as { socket: Socket }).socket));

async function silentServer() {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `postgres://nobody@127.0.0.1:${address.port}/none`,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

eventBusContract('embedded in PostgreSQL', async () => ({
  open: () => createEmbeddedBus({ databaseUrl: world.appUrl, secret, log }),
  cut: async () => {
    for (const socket of accepted) socket.destroy();
    await world.sql`
      select pg_terminate_backend(pid) from pg_stat_activity
      where application_name = 'pitwall-bus' and datname = current_database()`;
  },
  openUnreachable: async () => {
    const server = await silentServer();
    return { bus: createEmbeddedBus({ databaseUrl: server.url, secret, log }), stop: server.stop };
  },
  close: async () => {},
}));

it('security K8: a publisher that does not know the secret is not heard', async () => {
  const listener = createEmbeddedBus({ databaseUrl: world.appUrl, secret, log });
  const stranger = createEmbeddedBus({
    databaseUrl: world.appUrl,
    secret: 'another secret entirely, also long',
    log,
  });
  const got: string[] = [];
  const channel = `live:${crypto.randomUUID()}`;
  await listener.subscribe(channel, (payload) => got.push(payload));
  await stranger.publish(channel, 'forged');
  const friend = createEmbeddedBus({ databaseUrl: world.appUrl, secret, log });
  const heard = Promise.withResolvers<void>();
  await listener.subscribe(channel, () => heard.resolve());
  await friend.publish(channel, 'ours');
  await heard.promise;
  expect(got).toEqual(['ours']);
  await Promise.all([listener, stranger, friend].map((bus) => bus.close()));
});

it.each([
  ['garbage', (socket: Socket) => socket.write(Buffer.from([0xff, 0xff, 0xff, 0xff, 2, 1, 2, 3]))],
  [
    'a proof that is none',
    (socket: Socket) => {
      writeFrame(socket, FRAME.hello, Buffer.concat([Buffer.alloc(64, 7), Buffer.from(crypto.randomUUID())]));
      writeFrame(socket, FRAME.message, messageBody('live:forged', 'forged'));
    },
  ],
])('security K8: %s on the live port ends its connection and is not heard', async (_name, send) => {
  const listener = createEmbeddedBus({ databaseUrl: world.appUrl, secret, log });
  const got: string[] = [];
  await listener.subscribe('live:*', (payload) => got.push(payload));
  const [node] =
    await world.sql`select host, port from bus_nodes where port is not null order by heartbeat_at desc`;
  const socket = connect({ host: String(node?.host), port: Number(node?.port) });
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.on('error', () => {});
  socket.resume();
  send(socket);
  await closed;
  expect(got).toEqual([]);
  await listener.close();
});

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { io, type Socket } from 'socket.io-client';
import { afterEach, expect, it } from 'vitest';
import { FastLaneAdapter } from './fast-lane.ts';

const EVENTS = 2000;
const text = (i: number) => JSON.stringify({ s: i, word: 'é✓𝄞', pad: 'x'.repeat(i % 700) });

let close: () => Promise<void> = async () => {};
afterEach(() => close());

async function start(options: { pingInterval?: number } = {}) {
  const http = createServer();
  const server = new Server(http, { adapter: FastLaneAdapter, perMessageDeflate: false, ...options });
  const adapter = server.of('/').adapter as FastLaneAdapter;
  const sent = { fast: 0, stock: 0 };
  adapter.onSent = (path, sockets) => {
    sent[path] += sockets;
  };
  server.on('connection', (socket) => {
    socket.join('room');
    socket.on('echo', (value, reply) => reply(value));
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const clients: Socket[] = [];
  close = async () => {
    for (const client of clients) client.disconnect();
    await server.close();
  };
  const connect = async (transports: string[]) => {
    const client = io(url, { transports, forceNew: true, reconnection: false });
    clients.push(client);
    const got: string[] = [];
    client.on('d', (value: string) => got.push(value));
    await new Promise<void>((resolve) => client.on('connect', resolve));
    return { client, got };
  };
  return { server, adapter, sent, connect };
}

async function until(done: () => boolean): Promise<void> {
  const end = Date.now() + 8000;
  while (!done() && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 5));
}

it('performance P3: the official client gets 2 x 2000 broadcasts whole and in order, acks and pings among them', async () => {
  const { server, sent, connect } = await start({ pingInterval: 50 });
  const clients = [await connect(['websocket']), await connect(['polling', 'websocket'])];
  let dropped = 0;
  for (const { client } of clients) client.on('disconnect', () => dropped++);
  for (let i = 0; i < EVENTS; i++) {
    server.to('room').emit('d', text(i));
    if (i % 50 === 0) expect(await clients[0]!.client.emitWithAck('echo', i)).toBe(i);
  }
  await until(() => clients.every(({ got }) => got.length === EVENTS));
  const wanted = Array.from({ length: EVENTS }, (_, i) => text(i));
  for (const { got } of clients) expect(got).toEqual(wanted);
  expect(dropped).toBe(0);
  expect(sent.fast).toBeGreaterThan(EVENTS);
});

it('keeps the order between broadcasts and messages to one socket', async () => {
  const { server, connect } = await start();
  const { got } = await connect(['websocket']);
  const [socket] = await server.fetchSockets();
  for (let i = 0; i < 300; i++) {
    if (i % 3 === 0) socket?.emit('d', String(i));
    else server.to('room').emit('d', String(i));
    if (i % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  await until(() => got.length === 300);
  expect(got).toEqual(Array.from({ length: 300 }, (_, i) => String(i)));
});

it('takes the stock path for a transport that it does not know, and for packets that are no single string', async () => {
  const { server, sent, connect } = await start();
  const { got, client } = await connect(['polling']);
  server.to('room').emit('d', 'over polling');
  await until(() => got.length === 1);
  const binary = new Promise<Buffer>((resolve) => client.once('b', resolve));
  server.to('room').emit('b', Buffer.from([1, 2, 3]));
  expect([...(await binary)]).toEqual([1, 2, 3]);
  expect([got, sent]).toEqual([['over polling'], { fast: 0, stock: 2 }]);
});

it('leaves out who has too much unsent, and excepted rooms', async () => {
  const { server, adapter, connect } = await start();
  const [full, free] = [await connect(['websocket']), await connect(['websocket'])];
  const skipped: string[] = [];
  adapter.onSkip = (id) => skipped.push(id);
  server
    .to('room')
    .except(full.client.id ?? '')
    .emit('d', 'only one');
  await until(() => free.got.length === 1);
  adapter.maxBufferedBytes = -1;
  server.to('room').emit('d', 'nobody');
  expect([full.got, free.got, skipped.length]).toEqual([[], ['only one'], 2]);
});

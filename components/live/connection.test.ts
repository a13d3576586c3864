import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server, type Socket } from 'socket.io';
import { afterEach, expect, it, vi } from 'vitest';
import type { SubscribeAnswer } from '#lib/model/live.ts';
import type { SubscribeRequest } from '#lib/model/live-schema.ts';
import { LiveConnection, type TokenSource } from './connection.ts';

/** A server that speaks the protocol by hand: what it answers is up to the test. */
async function startServer(answer: (request: SubscribeRequest) => SubscribeAnswer) {
  const http = createServer();
  const server = new Server(http);
  const asked: SubscribeRequest[] = [];
  const left: unknown[] = [];
  const tokens: unknown[] = [];
  let current: Socket | undefined;
  server.on('connection', (socket) => {
    current = socket;
    tokens.push(socket.handshake.auth.token);
    socket.on('subscribe', (request: SubscribeRequest, reply: (answer: SubscribeAnswer) => void) => {
      asked.push(request);
      reply(answer(request));
    });
    socket.on('unsubscribe', (request) => left.push(request));
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    asked,
    left,
    tokens,
    socket: () => current as Socket,
    close: () => server.close(),
  };
}

const message = (s: number, values: object = {}) =>
  JSON.stringify({ k: 'fleet', e: 'e1', s, t: 1, ...values });
const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function start(
  answer: (request: SubscribeRequest) => SubscribeAnswer,
  token: TokenSource = async () => ({ token: 'token' }),
) {
  const server = await startServer(answer);
  const connection = new LiveConnection(server.url, token);
  const seen: string[] = [];
  closers.push(server.close, () => connection.stop());
  const release = connection.hold({ view: 'fleet' }, () => ({
    load: (snapshot) => seen.push(`snapshot ${(snapshot as { s: number }).s}`),
    apply: (delta) => seen.push(`delta ${(delta as { s: number }).s}`),
  }));
  connection.start();
  return { server, connection, seen, release };
}

const snapshotOnly = (): SubscribeAnswer => ({ ok: true, snapshot: message(5) });
const until = (check: () => void) => vi.waitFor(check, { timeout: 5000, interval: 10 });

it('applies a snapshot and then deltas in order, and leaves out repeated ones', async () => {
  const { server, connection, seen } = await start(snapshotOnly);
  await until(() => expect(seen).toEqual(['snapshot 5']));
  expect(connection.status()).toMatchObject({ state: 'live', reason: null });
  for (const s of [6, 6, 7, 5, 8]) server.socket().emit('d', message(s));
  await until(() => expect(seen).toEqual(['snapshot 5', 'delta 6', 'delta 7', 'delta 8']));
});

it('reliability F26: asks from where it stands when a number is missing, and applies what it gets', async () => {
  const { server, seen } = await start((request) =>
    request.since ? { ok: true, deltas: [6, 7, 8].map((s) => message(s)) } : snapshotOnly(),
  );
  await until(() => expect(seen).toEqual(['snapshot 5']));
  server.socket().emit('d', message(8));
  await until(() => expect(seen).toEqual(['snapshot 5', 'delta 6', 'delta 7', 'delta 8']));
  expect(server.asked.map((request) => request.since)).toEqual([undefined, { epoch: 'e1', seq: 5 }]);
});

it('reliability F26: asks for a snapshot when the epoch changed', async () => {
  const { server, seen } = await start(snapshotOnly);
  await until(() => expect(seen).toEqual(['snapshot 5']));
  server.socket().emit('d', message(1, { e: 'e2' }));
  await until(() => expect(seen).toEqual(['snapshot 5', 'snapshot 5']));
  expect(server.asked[1]?.since).toBeUndefined();
});

it('asks again for an agent that was made this moment and is not known yet', async () => {
  let refusals = 0;
  const unknown: SubscribeAnswer = { ok: false, code: 'not_found', message: 'There is no such agent.' };
  const { server, seen } = await start(() => (refusals++ < 1 ? unknown : snapshotOnly()));
  await until(() => expect(seen).toEqual(['snapshot 5']));
  expect(server.asked).toHaveLength(2);
});

it('takes a snapshot that it did not ask for', async () => {
  const { server, seen } = await start(snapshotOnly);
  await until(() => expect(seen).toHaveLength(1));
  server.socket().emit('s', message(40));
  server.socket().emit('d', message(41));
  await until(() => expect(seen).toEqual(['snapshot 5', 'snapshot 40', 'delta 41']));
});

it('connects again with a new token after a loss, and goes on from where it stood', async () => {
  let token = 0;
  const { server, connection, seen } = await start(
    (request) => (request.since ? { ok: true, deltas: [message(6)] } : snapshotOnly()),
    async () => ({ token: `token ${++token}` }),
  );
  const states: string[] = [];
  connection.onStatus(() => states.push(connection.status().state));
  await until(() => expect(seen).toEqual(['snapshot 5']));
  server.socket().disconnect(true);
  await until(() => expect(seen).toEqual(['snapshot 5', 'delta 6']));
  expect(server.tokens).toEqual(['token 1', 'token 2']);
  expect(states).toEqual(['live', 'reconnecting', 'live']);
});

it('stays away after it was replaced or signed out, until the person comes back', async () => {
  const { server, connection } = await start(snapshotOnly);
  await until(() => expect(connection.status().state).toBe('live'));
  server.socket().emit('bye', { reason: 'replaced', message: 'Too many places.' });
  await until(() =>
    expect(connection.status()).toMatchObject({ state: 'stale', reason: 'Too many places.' }),
  );
  expect(server.tokens).toHaveLength(1);
  connection.setHidden(false);
  await until(() => expect(connection.status().state).toBe('live'));
  server.socket().emit('bye', { reason: 'revoked', message: 'You were signed out.' });
  await until(() => expect(connection.status().state).toBe('signed-out'));
  connection.setHidden(false);
  expect(server.tokens).toHaveLength(2);
});

it('says that nobody is signed in when there is no token to have', async () => {
  const { connection } = await start(snapshotOnly, async () => 'signed-out');
  await until(() => expect(connection.status().state).toBe('signed-out'));
});

it('hears from beside the connection that the session has ended, and not while it stands still', async () => {
  const { server, connection } = await start(snapshotOnly);
  await until(() => expect(connection.status().state).toBe('live'));
  connection.stop();
  connection.signedOut();
  expect(connection.status().state).toBe('live');
  connection.start();
  await until(() => expect(server.tokens).toHaveLength(2));
  connection.signedOut();
  expect(connection.status().state).toBe('signed-out');
});

it('takes a refused token for a lost team where it was live, and else for values that it does not get', async () => {
  const unlucky = await start(snapshotOnly, async () => 'refused');
  await until(() => expect(unlucky.connection.status().state).toBe('stale'));
  let isMember = true;
  const { server, connection } = await start(snapshotOnly, async () =>
    isMember ? { token: 'token' } : 'refused',
  );
  await until(() => expect(connection.status().state).toBe('live'));
  isMember = false;
  server.socket().disconnect(true);
  await until(() => expect(connection.status().state).toBe('signed-out'));
});

it('tries again when the console cannot give a token', async () => {
  let asked = 0;
  const { connection } = await start(snapshotOnly, async () => {
    asked++;
    if (asked < 3) throw new Error('down');
    return { token: 'token' };
  });
  await until(() => expect(connection.status().state).toBe('live'));
  expect(asked).toBe(3);
});

it('is stale when nothing was heard for 15 s, and connects anew', async () => {
  const { connection, seen } = await start(snapshotOnly);
  await until(() => expect(seen).toHaveLength(1));
  const now = performance.now();
  const clock = vi.spyOn(performance, 'now').mockReturnValue(now + 15_100);
  const states: string[] = [];
  connection.onStatus(() => states.push(connection.status().state));
  connection.tick();
  clock.mockRestore();
  expect(states[0]).toBe('stale');
  await until(() => expect(connection.status().state).toBe('live'));
});

it('leaves frequent views while the page is hidden and takes them up again from where they stood', async () => {
  const { server, connection, seen } = await start((request) =>
    request.since ? { ok: true, deltas: [message(6)] } : snapshotOnly(),
  );
  await until(() => expect(seen).toHaveLength(1));
  vi.useFakeTimers();
  connection.setHidden(true);
  vi.advanceTimersByTime(10_000);
  vi.useRealTimers();
  await until(() => expect(server.left).toEqual([{ view: 'fleet' }]));
  connection.setHidden(false);
  await until(() => expect(seen).toEqual(['snapshot 5', 'delta 6']));
});

it('shares a view between its users and leaves it a second after the last', async () => {
  const { server, connection, seen, release } = await start(snapshotOnly);
  const again = connection.hold({ view: 'fleet' }, () => ({ load: () => {}, apply: () => {} }));
  await until(() => expect(seen).toHaveLength(1));
  release();
  server.socket().emit('d', message(6));
  await until(() => expect(seen).toEqual(['snapshot 5', 'delta 6']));
  again();
  await until(() => expect(server.left).toHaveLength(1));
  expect(server.asked).toHaveLength(1);
});

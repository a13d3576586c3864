import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { AppError } from '#lib/kernel/errors.ts';
import { LOOPBACK, opened } from '#lib/testing/outbound-policy.ts';
import { createOutboundClient, type OutboundOptions } from './client.ts';

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

async function serve(listener: RequestListener): Promise<{ port: number; server: Server; seen: string[] }> {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    listener(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { port: (server.address() as AddressInfo).port, server, seen };
}

function client(options: Partial<OutboundOptions> = {}) {
  const made = createOutboundClient({ policy: LOOPBACK, ...options });
  ends.push(() => made.close());
  return made;
}

test.each(['127.0.0.1', 'localhost', 'localhost.', '2130706433', '[::ffff:127.0.0.1]'])(
  'security O1: nothing is sent to %s unless an admin allows it',
  async (host) => {
    const { port, seen } = await serve((_request, response) => response.end('inside'));
    const closed = client({ policy: opened() });
    await expect(closed.send({ url: `http://${host}:${port}/` })).rejects.toBeInstanceOf(AppError);
    expect(seen).toEqual([]);
  },
);

test('security O4: nothing is sent to a port that no admin opened, on an address that one opened', async () => {
  const { port, seen } = await serve((_request, response) => response.end('inside'));
  const policy = {
    ...LOOPBACK,
    ports: [
      [443, 443],
      [port + 1, 65_535],
    ] as const,
  };
  await expect(client({ policy }).send({ url: `http://127.0.0.1:${port}/` })).rejects.toMatchObject({
    code: 'forbidden',
    message: expect.stringContaining('OUTBOUND_PORTS'),
  });
  expect(seen).toEqual([]);
});

test('an allowed target answers with status, headers and body', async () => {
  const { port } = await serve((request, response) => {
    response.writeHead(201, { 'x-echo': request.headers['x-ask'] });
    request.pipe(response);
  });
  const url = `http://localhost:${port}/`;
  const answer = await client().send({ url, method: 'POST', headers: { 'x-ask': 'ping' }, body: 'hello' });
  expect(answer).toMatchObject({ status: 201, body: 'hello', headers: { 'x-echo': 'ping' } });
});

test('security O3: a redirect is an answer and is not followed', async () => {
  const { port, seen } = await serve((_request, response) => {
    response.writeHead(302, { location: '/elsewhere' }).end();
  });
  expect(await client().send({ url: `http://127.0.0.1:${port}/` })).toMatchObject({ status: 302 });
  expect(seen).toEqual(['GET /']);
});

test('security O5: a silent target and a trickling one end at the timeout', async () => {
  const { port } = await serve((request, response) => {
    if (request.url === '/silent') return;
    const timer = setInterval(() => response.write('.'), 20);
    response.on('close', () => clearInterval(timer));
  });
  const impatient = client({ timeoutMs: 200 });
  for (const path of ['silent', 'trickle']) {
    await expect(impatient.send({ url: `http://127.0.0.1:${port}/${path}` })).rejects.toMatchObject({
      code: 'unavailable',
      message: 'The address did not answer in time.',
    });
  }
});

test('security O5: an answer larger than the cap ends the request', async () => {
  const { port } = await serve((_request, response) => {
    const more = (): void => void (response.write(Buffer.alloc(65_536)) && setImmediate(more));
    response.on('drain', more);
    more();
  });
  await expect(
    client({ maxResponseBytes: 1000 }).send({ url: `http://127.0.0.1:${port}/` }),
  ).rejects.toMatchObject({
    code: 'too_large',
  });
});

test('a target that refuses the connection is unavailable in words without its inside', async () => {
  const { port, server } = await serve(() => {});
  await new Promise((resolve) => server.close(resolve));
  const error = await client()
    .send({ url: `http://127.0.0.1:${port}/` })
    .catch((reason) => reason);
  expect(error).toMatchObject({ code: 'unavailable', message: 'The address could not be reached.' });
});

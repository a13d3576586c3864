import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { LOOPBACK, opened } from '#lib/testing/outbound-policy.ts';
import { makeCertificate } from '#lib/testing/tls.ts';
import { GuardedAgent } from './guarded-agent.ts';

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

async function listening(server: http.Server | https.Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ends.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

async function get(url: string, agent: GuardedAgent, ca?: string): Promise<string> {
  const request = (url.startsWith('https') ? https : http).request(url, { agent, ...(ca && { ca }) }).end();
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  let body = '';
  for await (const chunk of response) body += chunk;
  return body;
}

const open = () => new GuardedAgent(LOOPBACK);

test('one agent serves http and https, and believes only certificates that it knows', async () => {
  const tls = makeCertificate();
  const plain = await listening(http.createServer((_request, response) => response.end('plain')));
  const safe = await listening(https.createServer(tls, (_request, response) => response.end('safe')));
  expect(await get(`http://127.0.0.1:${plain}/`, open())).toBe('plain');
  expect(await get(`https://127.0.0.1:${safe}/`, open(), tls.cert)).toBe('safe');
  await expect(get(`https://127.0.0.1:${safe}/`, open())).rejects.toThrow(/self-signed/);
});

test.each(['127.0.0.1', 'localhost', 'localhost.', '2130706433', '[::ffff:127.0.0.1]', '169.254.169.254'])(
  'security O1: a library that was led to %s does not connect unless an admin allows it',
  async (host) => {
    const asked: string[] = [];
    const port = await listening(
      http.createServer((request, response) => {
        asked.push(request.url ?? '');
        response.end();
      }),
    );
    await expect(get(`http://${host}:${port}/`, new GuardedAgent(opened()))).rejects.toThrow(
      /inside the network/,
    );
    expect(asked).toEqual([]);
  },
);

test('security O4: a library that was led to a port that no admin opened does not connect', async () => {
  const port = await listening(http.createServer((_request, response) => response.end('inside')));
  const web = new GuardedAgent({ ...LOOPBACK, ports: [[443, 443]] });
  await expect(get(`http://127.0.0.1:${port}/`, web)).rejects.toThrow(/closed to outgoing requests/);
});

test('security O5: an answer that is larger than allowed ends its connection', async () => {
  const port = await listening(
    http.createServer((_request, response) => response.end('x'.repeat(512 * 1024))),
  );
  await expect(get(`http://127.0.0.1:${port}/`, open())).rejects.toThrow(/aborted/);
});

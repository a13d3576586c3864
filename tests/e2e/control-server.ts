import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The signature of a message as Standard Webhooks 1.0 defines it, made anew from the specification. */
function signatureOf(secret: string, headers: IncomingMessage['headers'], body: string): string {
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  return `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
}

/**
 * An agent that can be started and stopped: its control URL takes requests that are signed with the secret it
 * was given and refuses others; its health URL answers 200 while it runs, which a test decides by `running`.
 */
export async function startControlServer() {
  const agent = { secret: '', running: false, taken: [] as string[], refused: 0 };
  const server = createServer(async (request, response) => {
    if (request.url === '/healthz') return response.writeHead(agent.running ? 200 : 503).end();
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    if (signatureOf(agent.secret, request.headers, body) !== request.headers['webhook-signature']) {
      agent.refused += 1;
      return response.writeHead(401).end();
    }
    agent.taken.push(JSON.parse(body).action);
    return response.writeHead(202).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    agent,
    healthUrl: `${url}/healthz`,
    controlUrl: `${url}/control`,
    stop: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

export interface Received {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
  bytes: Buffer;
  atMs: number;
}

/** How a receiver answers: a status with headers, or not properly. */
export type Answer =
  | { status: number; headers?: Record<string, string>; body?: string }
  | 'hang'
  | 'reset'
  | 'reset-mid-body';

export interface Receiver {
  url: string;
  received: Received[];
  /** How the next requests are answered; the last stays. A function decides for each. */
  answer(...answers: Answer[]): void;
  answerBy(decide: (request: Received) => Answer): void;
  /** Resolves when so many requests have come. */
  count(wanted: number, withinMs?: number): Promise<Received[]>;
  close(): Promise<void>;
}

/** A real HTTP server, or with a certificate an HTTPS one, that keeps what it was sent and fails as told. */
export async function startReceiver(tls?: { cert: string; key: string }): Promise<Receiver> {
  const received: Received[] = [];
  const waiters = new Set<() => void>();
  let decide: (request: Received) => Answer = () => ({ status: 200 });
  const listener: RequestListener = (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const entry = {
        path: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
        bytes: Buffer.concat(chunks),
        atMs: Date.now(),
      };
      received.push(entry);
      for (const waiter of waiters) waiter();
      const answer = decide(entry);
      if (answer === 'hang') return;
      if (answer === 'reset') return void request.socket.destroy();
      if (answer === 'reset-mid-body') {
        response.writeHead(200, { 'content-length': '100' });
        response.write('{');
        return void setImmediate(() => request.socket.destroy());
      }
      response.writeHead(answer.status, answer.headers);
      response.end(answer.body ?? '');
    });
  };
  const server = tls ? createTlsServer(tls, listener) : createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}/hook`,
    received,
    answer(...answers) {
      let next = 0;
      decide = () => {
        const answer = answers[Math.min(next, answers.length - 1)] ?? { status: 200 };
        next += 1;
        return answer;
      };
    },
    answerBy(given) {
      decide = given;
    },
    count(wanted, withinMs = 5000) {
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          waiters.delete(check);
          reject(new Error(`${received.length} of ${wanted} requests came in ${withinMs} ms`));
        }, withinMs);
        const check = () => {
          if (received.length < wanted) return;
          clearTimeout(timer);
          waiters.delete(check);
          resolve(received);
        };
        waiters.add(check);
        check();
      });
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

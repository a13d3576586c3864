import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A TCP proxy in front of an engine. */
export interface SlowProxy {
  /** An address of the engine, by way of the proxy. */
  through(url: string): string;
  /** From now on whatever the engine says comes so much later, milliseconds. */
  delay(ms: number): void;
  close(): Promise<void>;
}

/** Hands everything on in order, what the engine says after a while. */
function join(client: Socket, engine: Socket, delayOf: () => number): void {
  let told: Promise<unknown> = Promise.resolve();
  client.pipe(engine);
  engine.on('data', (chunk) => {
    const dueAt = performance.now() + delayOf();
    told = told.then(async () => {
      const waitMs = dueAt - performance.now();
      if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
      client.write(chunk);
    });
  });
  for (const [one, other] of [
    [client, engine],
    [engine, client],
  ] as const) {
    one.on('error', () => other.destroy());
    one.on('close', () => void told.then(() => other.destroy()));
  }
}

/** @param url of the engine behind it */
export async function startSlowProxy(url: string): Promise<SlowProxy> {
  const { hostname, port } = new URL(url);
  const sockets = new Set<Socket>();
  let delayMs = 0;
  const server = createServer((client) => {
    const engine = connect(Number(port), hostname);
    for (const socket of [client, engine]) sockets.add(socket.setNoDelay(true));
    join(client, engine, () => delayMs);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const own = String((server.address() as AddressInfo).port);
  return {
    through(address) {
      const result = new URL(address);
      result.hostname = '127.0.0.1';
      result.port = own;
      return result.href;
    },
    delay(ms) {
      delayMs = ms;
    },
    async close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

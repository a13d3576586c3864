import { type Receiver, startReceiver } from './receiver.ts';

/** A server whose addresses are those that a page of it asks for without a host, until it is closed. */
export async function startPageServer(): Promise<Receiver> {
  const server = await startReceiver();
  const { fetch } = globalThis;
  globalThis.fetch = (input, init) => fetch(new URL(String(input), server.url), init);
  return {
    ...server,
    close() {
      globalThis.fetch = fetch;
      return server.close();
    },
  };
}

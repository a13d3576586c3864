import { createServer, type Server, type Socket } from 'node:net';
import { FRAME, nonce, type Prover, readFrames, readMessage, writeFrame } from './embedded-frames.ts';

const GREETING_TIMEOUT_MS = 2000;
const MAX_LINKS = 1000;

export interface ListenerEvents {
  message(channel: string, payload: string): void;
  /** Messages of a publisher may be missing. */
  gap(): void;
}

interface Link {
  socket: Socket;
  accepted: number;
}

/** The listening end of live channels: publishers connect, prove themselves, and are told what is wanted. */
export class LiveListener {
  readonly #prover: Prover;
  readonly #events: ListenerEvents;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** Authenticated publishers by node id. */
  readonly #links = new Map<string, Link>();
  #patterns: readonly string[] = [];
  #version = 0;
  #waiters = new Set<() => void>();

  constructor(prover: Prover, events: ListenerEvents) {
    this.#prover = prover;
    this.#events = events;
    this.#server = createServer({ noDelay: true, keepAlive: true }, (socket) => this.#greet(socket));
    this.#server.maxConnections = MAX_LINKS;
    this.#server.unref();
  }

  /** Starts to listen on a free port of `host`. */
  async start(host: string): Promise<number> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#server.once('error', reject);
    this.#server.listen(0, host, resolve);
    await promise;
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the bus got no port');
    return address.port;
  }

  /** Tells every publisher what is wanted from now on; see {@link accepted}. */
  want(patterns: readonly string[]): void {
    this.#patterns = patterns;
    this.#version++;
    for (const link of this.#links.values()) this.#tell(link.socket);
  }

  /** Resolves when these publishers send what is wanted now, or after `timeoutMs` (one of them may be dead). */
  async accepted(publishers: readonly string[], timeoutMs: number): Promise<void> {
    const version = this.#version;
    const missing = () => publishers.some((id) => (this.#links.get(id)?.accepted ?? -1) < version);
    const end = performance.now() + timeoutMs;
    while (missing() && performance.now() < end) {
      const next = Promise.withResolvers<void>();
      this.#waiters.add(next.resolve);
      const timer = setTimeout(next.resolve, end - performance.now());
      await next.promise;
      clearTimeout(timer);
      this.#waiters.delete(next.resolve);
    }
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    if (this.#server.listening) await new Promise((resolve) => this.#server.close(resolve));
  }

  #greet(socket: Socket): void {
    this.#sockets.add(socket);
    const challenge = nonce();
    let node: string | null = null;
    let clean = false;
    const timer = setTimeout(() => socket.destroy(), GREETING_TIMEOUT_MS);
    const frames = readFrames(socket, (kind, body) => {
      if (node === null) {
        node = this.#admit(socket, challenge, kind, body);
        clearTimeout(timer);
        frames.trust();
      } else if (kind === FRAME.bye) clean = true;
      else this.#take(node, kind, body);
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      clearTimeout(timer);
      this.#sockets.delete(socket);
      if (node === null || this.#links.get(node)?.socket !== socket) return;
      this.#links.delete(node);
      if (!clean) this.#events.gap();
    });
    writeFrame(socket, FRAME.challenge, challenge);
  }

  #admit(socket: Socket, challenge: Buffer, kind: number, body: Buffer): string {
    const answer = body.subarray(0, 32);
    if (kind !== FRAME.hello || !this.#prover.verify('publisher', challenge, answer, body.subarray(32, 64))) {
      throw new Error('not one of ours');
    }
    const node = body.toString('utf8', 64);
    this.#links.get(node)?.socket.destroy();
    this.#links.set(node, { socket, accepted: -1 });
    writeFrame(socket, FRAME.welcome, this.#prover.proof('listener', challenge, answer));
    this.#tell(socket);
    return node;
  }

  #tell(socket: Socket): void {
    writeFrame(socket, FRAME.patterns, JSON.stringify({ version: this.#version, patterns: this.#patterns }));
  }

  #take(node: string, kind: number, body: Buffer): void {
    if (kind === FRAME.message) {
      const { channel, payload } = readMessage(body);
      this.#events.message(channel, payload);
    } else if (kind === FRAME.gap) this.#events.gap();
    else if (kind === FRAME.accepted) {
      const link = this.#links.get(node);
      if (link) link.accepted = Number(body.toString());
      for (const wake of this.#waiters) wake();
    }
  }
}

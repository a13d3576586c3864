import { connect, type Socket } from 'node:net';
import { FRAME, messageBody, nonce, type Prover, readFrames, writeFrame } from './embedded-frames.ts';
import { matches } from './subscriptions.ts';

const CONNECT_TIMEOUT_MS = 1000;
const RETRY_MS = 500;
/** A listener that leaves more than this unread misses messages and is told so. */
const MAX_UNREAD_BYTES = 8 * 1024 * 1024;

export interface NodeAddress {
  id: string;
  host: string;
  port: number;
}

/** The sending end of one live connection. */
class Link {
  readonly address: NodeAddress;
  readonly #own: string;
  readonly #prover: Prover;
  #socket: Socket | null = null;
  #patterns: readonly string[] | null = null;
  #lossy = false;
  #ended = false;
  #retry: ReturnType<typeof setTimeout> | undefined;
  /** Settles after the first attempt, whatever came of it. */
  readonly tried = Promise.withResolvers<void>();

  constructor(address: NodeAddress, own: string, prover: Prover) {
    this.address = address;
    this.#own = own;
    this.#prover = prover;
    this.#open();
  }

  wants(channel: string): boolean {
    // What an absent listener wants is not known: it is told of a gap when it is back.
    if (this.#patterns === null) this.#lossy = true;
    return this.#patterns?.some((pattern) => matches(pattern, channel)) ?? false;
  }

  send(body: Buffer): void {
    const socket = this.#socket;
    if (socket === null) return;
    if (socket.writableLength > MAX_UNREAD_BYTES) {
      this.#lossy = true;
      return;
    }
    this.#tellGap(socket);
    writeFrame(socket, FRAME.message, body);
  }

  end(): void {
    this.#ended = true;
    clearTimeout(this.#retry);
    const socket = this.#socket;
    if (socket === null || socket.connecting) socket?.destroy();
    else {
      writeFrame(socket, FRAME.bye);
      socket.end();
      socket.setTimeout(CONNECT_TIMEOUT_MS, () => socket.destroy());
    }
    this.tried.resolve();
  }

  #tellGap(socket: Socket): void {
    if (!this.#lossy) return;
    this.#lossy = false;
    writeFrame(socket, FRAME.gap);
  }

  #open(): void {
    const socket = connect({
      host: this.address.host,
      port: this.address.port,
      noDelay: true,
      keepAlive: true,
    });
    this.#socket = socket;
    socket.unref();
    socket.setTimeout(CONNECT_TIMEOUT_MS, () => socket.destroy());
    const answer = nonce();
    let challenge: Buffer | null = null;
    let trusted = false;
    const frames = readFrames(socket, (kind, body) => {
      if (kind === FRAME.challenge && challenge === null) {
        challenge = Buffer.from(body);
        const proof = this.#prover.proof('publisher', challenge, answer);
        writeFrame(socket, FRAME.hello, Buffer.concat([answer, proof, Buffer.from(this.#own)]));
      } else if (kind === FRAME.welcome && challenge !== null) {
        if (!this.#prover.verify('listener', challenge, answer, body)) throw new Error('not one of ours');
        trusted = true;
        frames.trust();
        socket.setTimeout(0);
      } else if (kind === FRAME.patterns && trusted) this.#accept(socket, body);
    });
    socket.on('error', () => socket.destroy());
    socket.on('drain', () => this.#tellGap(socket));
    socket.on('close', () => this.#closed(socket));
  }

  #accept(socket: Socket, body: Buffer): void {
    const { version, patterns } = JSON.parse(body.toString()) as { version: number; patterns: string[] };
    this.#tellGap(socket);
    this.#patterns = patterns;
    writeFrame(socket, FRAME.accepted, String(version));
    this.tried.resolve();
  }

  #closed(socket: Socket): void {
    if (this.#socket !== socket) return;
    this.#socket = null;
    this.#patterns = null;
    this.tried.resolve();
    if (this.#ended) return;
    this.#retry = setTimeout(() => this.#open(), RETRY_MS);
    this.#retry.unref();
  }
}

/** The connections of a publisher to everybody who listens to live channels. */
export class LiveLinks {
  readonly #own: string;
  readonly #prover: Prover;
  #links = new Map<string, Link>();

  constructor(own: string, prover: Prover) {
    this.#own = own;
    this.#prover = prover;
  }

  /** Connects to new listeners, lets go of those that left; resolves when every new one was tried. */
  async update(nodes: readonly NodeAddress[]): Promise<void> {
    const wanted = new Map(nodes.map((node) => [node.id, node]));
    for (const [id, link] of this.#links) {
      const node = wanted.get(id);
      if (node?.host === link.address.host && node.port === link.address.port) continue;
      this.#links.delete(id);
      link.end();
    }
    for (const [id, node] of wanted) {
      if (!this.#links.has(id)) this.#links.set(id, new Link(node, this.#own, this.#prover));
    }
    await Promise.all([...this.#links.values()].map((link) => link.tried.promise));
  }

  /** Sends to those who want the channel; a channel that nobody wants is not even encoded. */
  send(channel: string, payload: string): void {
    let body: Buffer | null = null;
    for (const link of this.#links.values()) {
      if (!link.wants(channel)) continue;
      body ??= messageBody(channel, payload);
      link.send(body);
    }
  }

  end(): void {
    for (const link of this.#links.values()) link.end();
    this.#links.clear();
  }
}

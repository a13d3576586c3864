import http from 'node:http';
import net from 'node:net';
import type { Duplex } from 'node:stream';
import tls from 'node:tls';
import type { OutboundPolicy } from '#lib/model/outbound.ts';
import { filteredLookup } from './filtered-lookup.ts';
import { checkTypedTarget, type OutboundLimits, readPolicy } from './typed-target.ts';

interface ConnectionOptions extends net.TcpNetConnectOpts {
  href?: string;
  ca?: string;
}

/** Whole time of one connection, milliseconds. */
const WHOLE_MS = 10_000;

/**
 * Ends a connection that takes too long, or over which more came than an answer may hold. Without an error of its own:
 * whoever reads learns that it broke off, and nobody has to listen at the request for it.
 */
function capped(socket: net.Socket, maxBytes: number): net.Socket {
  let total = 0;
  const timer = setTimeout(() => socket.destroy(), WHOLE_MS);
  socket.once('close', () => clearTimeout(timer));
  socket.on('data', (chunk: Buffer) => {
    total += chunk.length;
    if (total > maxBytes) socket.destroy();
  });
  return socket;
}

/**
 * The filter of the outbound client for libraries that make their own requests by node:http and node:https: each
 * connection is judged by the address that it is made to, whatever the library was led to (security O1 to O5).
 */
export class GuardedAgent extends http.Agent {
  readonly #limits: OutboundLimits;
  readonly #maxBytes: number;

  constructor(policy: OutboundPolicy, maxBytes = 256 * 1024) {
    super({ keepAlive: false });
    this.#limits = readPolicy(policy);
    this.#maxBytes = maxBytes;
    // Node then takes the protocol of the request, so that one agent serves both.
    Object.assign(this, { protocol: undefined });
  }

  override createConnection(options: ConnectionOptions): Duplex {
    const target = checkTypedTarget(options.href ?? '', this.#limits);
    const isTls = target.protocol === 'https:';
    const host = target.hostname.replace(/^\[|\]$/g, '');
    const port = Number(target.port) || (isTls ? 443 : 80);
    const lookup = filteredLookup(this.#limits.ranges);
    const socket = isTls
      ? tls.connect({ host, port, lookup, ca: options.ca, ...(net.isIP(host) === 0 && { servername: host }) })
      : net.connect({ host, port, lookup });
    return capped(socket, this.#maxBytes);
  }
}

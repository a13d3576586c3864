import type { Socket as TcpSocket } from 'node:net';
import { Adapter, type BroadcastOptions } from 'socket.io-adapter';

/**
 * The gateway: who may connect, what they are told, and how it reaches thousands of sockets cheaply.
 *
 * This file holds the fast lane (performance 2.1): a broadcast is encoded and framed once, and the frame
 * is written straight to each socket whose engine is idle. It reads private fields of engine.io and ws,
 * which are pinned and covered by a test; where a field is not what it was, the stock path is taken.
 */

/** The parts of a Socket.IO server socket that the fast lane looks at. */
interface LaneSocket {
  id: string;
  client: {
    conn: {
      readyState: string;
      upgrading: boolean;
      writeBuffer: unknown[];
      transport: {
        name: string;
        writable: boolean;
        perMessageDeflate: unknown;
        socket?: { _socket?: TcpSocket | null; readyState?: number };
      };
    };
    writeToEngine(encoded: unknown, options: object): void;
  };
  notifyOutgoingListeners?(packet: object): void;
}

interface Packet {
  type: number;
  data: unknown[];
  nsp?: string;
}

interface EncodeOptions {
  preEncoded: true;
  volatile?: boolean;
  compress?: boolean;
  /** Set by the parent's `_encode` when the packet is one string: the WebSocket frame in parts. */
  wsPreEncodedFrame?: Uint8Array[];
}

/** `_encode` is private in the types of the parent and the one place that knows the frame. */
type Encoder = { _encode(packet: Packet, options: EncodeOptions): unknown };

const OPEN = 1;

/** Bytes that wait in the process for a socket to take them; 0 where that is not known. */
export function bufferedBytes(socket: LaneSocket): number {
  return socket.client.conn.transport.socket?._socket?.writableLength ?? 0;
}

/** The TCP socket under an idle engine, or null where the stock path must be taken. */
function idleTcp(socket: LaneSocket): TcpSocket | null {
  const { conn } = socket.client;
  const { transport } = conn;
  const ws = transport.socket;
  const isIdle =
    conn.readyState === 'open' &&
    conn.upgrading === false &&
    transport.name === 'websocket' &&
    transport.writable === true &&
    !transport.perMessageDeflate &&
    Array.isArray(conn.writeBuffer) &&
    conn.writeBuffer.length === 0 &&
    ws?.readyState === OPEN;
  const tcp = ws?._socket;
  return isIdle && tcp && typeof tcp.write === 'function' && tcp.writable ? tcp : null;
}

/**
 * The adapter of the gateway's namespace. Without anything set it only takes the fast lane; the gateway
 * sets the limit and listens.
 */
export class FastLaneAdapter extends Adapter {
  /** A socket with more unsent bytes than this is left out of a broadcast. */
  maxBufferedBytes = Number.POSITIVE_INFINITY;
  /** Told of each socket that was left out. */
  onSkip: (socketId: string, rooms: ReadonlySet<string>) => void = () => {};
  onSent: (path: 'fast' | 'stock', sockets: number, bytes: number) => void = () => {};

  override broadcast(packet: Packet, opts: BroadcastOptions): void {
    const { volatile, compress } = opts.flags ?? {};
    const encodeOptions: EncodeOptions = { preEncoded: true, volatile, compress };
    packet.nsp = this.nsp.name;
    const encoded = (this as unknown as Encoder)._encode(packet, encodeOptions);
    const frame = encodeOptions.wsPreEncodedFrame && Buffer.concat(encodeOptions.wsPreEncodedFrame);
    let [fast, stock] = [0, 0];
    for (const socket of this.#targets(opts)) {
      if (bufferedBytes(socket) > this.maxBufferedBytes) {
        this.onSkip(socket.id, opts.rooms);
        continue;
      }
      const tcp = frame ? idleTcp(socket) : null;
      if (frame && tcp) {
        tcp.write(frame);
        fast++;
      } else {
        socket.notifyOutgoingListeners?.(packet);
        socket.client.writeToEngine(encoded, encodeOptions);
        stock++;
      }
    }
    if (fast > 0) this.onSent('fast', fast, frame?.length ?? 0);
    if (stock > 0) this.onSent('stock', stock, frame?.length ?? 0);
  }

  *#targets(opts: BroadcastOptions): Iterable<LaneSocket> {
    const seen = new Set<string>();
    const rooms =
      opts.rooms.size > 0 ? [...opts.rooms].map((room) => this.rooms.get(room)) : [this.sids.keys()];
    for (const ids of rooms) {
      for (const id of ids ?? []) {
        if (opts.rooms.size > 1 && seen.has(id)) continue;
        if (opts.except && this.#isExcepted(id, opts.except)) continue;
        seen.add(id);
        const socket = this.nsp.sockets.get(id) as LaneSocket | undefined;
        if (socket) yield socket;
      }
    }
  }

  #isExcepted(id: string, except: ReadonlySet<string>): boolean {
    for (const room of except) if (this.rooms.get(room)?.has(id)) return true;
    return false;
  }
}

import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Socket } from 'node:net';
import { MAX_PAYLOAD_BYTES } from './subscriptions.ts';

/**
 * Frames between two processes of one installation: four bytes of length, one byte of kind, the body.
 * Both sides prove that they know the installation's secret before anything else is read.
 */
export const FRAME = {
  /** Listener to publisher: 32 random bytes. */
  challenge: 1,
  /** Publisher to listener: 32 random bytes, 32 bytes of proof, its node id. */
  hello: 2,
  /** Listener to publisher: 32 bytes of proof. */
  welcome: 3,
  /** Listener to publisher: JSON { version, patterns }: what is listened to from now on. */
  patterns: 4,
  /** Publisher to listener: the version as text; messages after it follow those patterns. */
  accepted: 5,
  /** Publisher to listener: two bytes of channel length, channel, payload. */
  message: 6,
  /** Publisher to listener: messages were left out before this point. */
  gap: 7,
  /** Publisher to listener: a clean end, nothing was lost. */
  bye: 8,
} as const;

const HEADER_BYTES = 5;
const PROOF_BYTES = 32;
const MAX_FRAME_BYTES = MAX_PAYLOAD_BYTES + 4096;
const MAX_GREETING_BYTES = 1024;

export function writeFrame(socket: Socket, kind: number, body: string | Uint8Array = ''): void {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  const header = Buffer.allocUnsafe(HEADER_BYTES);
  header.writeUInt32BE(bytes.length + 1, 0);
  header.writeUInt8(kind, 4);
  socket.cork();
  socket.write(header);
  if (bytes.length > 0) socket.write(bytes);
  socket.uncork();
}

/** The body of a message frame, built once for all listeners. */
export function messageBody(channel: string, payload: string): Buffer {
  const name = Buffer.from(channel);
  const body = Buffer.allocUnsafe(2 + name.length + Buffer.byteLength(payload));
  body.writeUInt16BE(name.length, 0);
  name.copy(body, 2);
  body.write(payload, 2 + name.length);
  return body;
}

export function readMessage(body: Buffer): { channel: string; payload: string } {
  const end = 2 + body.readUInt16BE(0);
  return { channel: body.toString('utf8', 2, end), payload: body.toString('utf8', end) };
}

/**
 * Calls `take` for each whole frame. Until `trust` is called frames may hold 1 kB, afterwards a payload;
 * a longer one, or a `take` that throws, ends the connection.
 */
export function readFrames(socket: Socket, take: (kind: number, body: Buffer) => void): { trust(): void } {
  let held: Buffer[] = [];
  let length = 0;
  let needed = HEADER_BYTES;
  let limit = MAX_GREETING_BYTES;
  const drain = () => {
    let bytes = held.length === 1 && held[0] ? held[0] : Buffer.concat(held);
    while (bytes.length >= HEADER_BYTES) {
      const size = bytes.readUInt32BE(0);
      if (size < 1 || size > limit) throw new Error('frame too long');
      if (bytes.length < size + 4) break;
      take(bytes.readUInt8(4), bytes.subarray(HEADER_BYTES, size + 4));
      bytes = bytes.subarray(size + 4);
    }
    held = bytes.length > 0 ? [bytes] : [];
    length = bytes.length;
    needed = bytes.length >= HEADER_BYTES ? bytes.readUInt32BE(0) + 4 : HEADER_BYTES;
  };
  socket.on('data', (chunk: Buffer) => {
    held.push(chunk);
    length += chunk.length;
    if (length < needed) return;
    try {
      drain();
    } catch {
      socket.destroy();
    }
  });
  return {
    trust: () => {
      limit = MAX_FRAME_BYTES;
    },
  };
}

/** Proofs of knowing the secret, bound to the nonces of both sides and to the side that proves. */
export function makeProver(secret: string) {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'pitwall event bus', 32));
  const proof = (side: 'publisher' | 'listener', challenge: Uint8Array, answer: Uint8Array) =>
    createHmac('sha256', key).update(side).update(challenge).update(answer).digest();
  return {
    proof,
    verify: (
      side: 'publisher' | 'listener',
      challenge: Uint8Array,
      answer: Uint8Array,
      given: Uint8Array,
    ): boolean => given.length === PROOF_BYTES && timingSafeEqual(given, proof(side, challenge, answer)),
  };
}
export type Prover = ReturnType<typeof makeProver>;

export const nonce = (): Buffer => randomBytes(32);

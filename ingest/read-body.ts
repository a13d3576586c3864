import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip, gunzipSync } from 'node:zlib';
import { AppError } from '#lib/kernel/errors.ts';
import type { ByteGate } from '#lib/limits/byte-gate.ts';

/** Size caps of one request body (security P8). All sizes are bytes. */
export interface BodyLimits {
  compressedBytes: number;
  decompressedBytes: number;
  /** A gzip body may grow by at most this factor ... */
  maxRatio: number;
  /** ... or to this many bytes, whichever is more: short, very regular bodies are honest. */
  ratioFloorBytes: number;
}

export interface ReadBody {
  body: Buffer;
  /** Gives the bytes back to the gate; call exactly once, when the request has been answered. */
  release(): void;
}

/** Below this size decompressing on the spot is cheaper than a trip to the thread pool. */
const SYNC_GUNZIP_BYTES = 8 * 1024;
const gunzipAsync = promisify(gunzip);

/**
 * Reads a request body, counting while it streams, and unpacks one layer of gzip.
 *
 * @throws AppError `too_large` over a cap, `rate_limited` when the process already holds too many
 *   bytes, `invalid` when the body ends early or is not gzip
 */
export async function readBody(
  request: IncomingMessage,
  gzipped: boolean,
  limits: BodyLimits,
  gate: ByteGate,
): Promise<ReadBody> {
  const cap = gzipped ? limits.compressedBytes : limits.decompressedBytes;
  let held = 0;
  const hold = (bytes: number): void => {
    if (!gate.tryReserve(bytes)) throw overloaded();
    held += bytes;
  };
  try {
    const declared = Number(request.headers['content-length'] ?? 0);
    if (declared > cap) throw tooLarge(cap);
    const raw = await collect(request, cap, hold);
    const body = gzipped ? await unpack(raw, limits, hold) : raw;
    return { body, release: () => gate.release(held) };
  } catch (error) {
    gate.release(held);
    throw error;
  }
}

function collect(request: IncomingMessage, cap: number, hold: (bytes: number) => void): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let total = 0;
    let ended = false;
    const fail = (error: Error): void => {
      request.off('data', onData);
      reject(error);
    };
    const onData = (chunk: Buffer): void => {
      try {
        total += chunk.length;
        if (total > cap) throw tooLarge(cap);
        hold(chunk.length);
        chunks.push(chunk);
      } catch (error) {
        fail(error as Error);
      }
    };
    request.on('data', onData);
    request.once('end', () => {
      ended = true;
      resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks));
    });
    request.once('error', () => fail(new AppError('invalid', 'The request body ended early.')));
    // Every request closes: an error is only made for those that did not end before.
    request.once('close', () => {
      if (!ended) fail(new AppError('invalid', 'The request body ended early.'));
    });
  });
}

/**
 * The cap is given to zlib, which counts the output as it grows and stops at it. The worst case is held
 * before, so that bodies unpacked at the same time can't pass the gate together.
 */
async function unpack(raw: Buffer, limits: BodyLimits, hold: (bytes: number) => void): Promise<Buffer> {
  if (raw.length === 0) return raw;
  const maxOutputLength = Math.min(
    limits.decompressedBytes,
    Math.max(limits.ratioFloorBytes, raw.length * limits.maxRatio),
  );
  hold(maxOutputLength);
  try {
    const body =
      raw.length <= SYNC_GUNZIP_BYTES
        ? gunzipSync(raw, { maxOutputLength })
        : await gunzipAsync(raw, { maxOutputLength });
    hold(body.length - maxOutputLength);
    return body;
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge(maxOutputLength);
    throw new AppError('invalid', 'The body is not valid gzip.');
  }
}

function tooLarge(cap: number): AppError {
  return new AppError('too_large', `The body is larger than the ${cap} bytes that are taken here.`);
}

function overloaded(): AppError {
  return new AppError('rate_limited', 'The receiver holds as many bytes as it may.', {
    retryAfterSeconds: 1,
  });
}

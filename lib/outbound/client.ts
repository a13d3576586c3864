import { rootCertificates } from 'node:tls';
import { Agent, request } from 'undici';
import { AppError } from '#lib/kernel/errors.ts';
import type { OutboundPolicy } from '#lib/model/outbound.ts';
import { BlockedTarget, filteredLookup } from './filtered-lookup.ts';
import { checkHeaders } from './request-target.ts';
import { blockedTarget, checkTypedTarget, readPolicy } from './typed-target.ts';

export interface OutboundOptions {
  /** Addresses and ports that an admin opened. */
  policy: OutboundPolicy;
  /** Whole time of one request, milliseconds. Default 10,000. */
  timeoutMs?: number;
  /** Largest answer that is read; more ends the request. Default 64 KiB. */
  maxResponseBytes?: number;
  /**
   * Connections are used again for the same host, for many requests to few places; what they were connected to
   * has been checked. Default false: each request connects anew.
   */
  keepAlive?: boolean;
  /** The certificate of an authority that is believed beside the usual ones, PEM. */
  ca?: string;
}

export interface OutboundRequest {
  url: string;
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'HEAD';
  /** Headers that somebody typed or that sign the request. */
  headers?: Readonly<Record<string, string>>;
  body?: string | Uint8Array;
  signal?: AbortSignal;
}

export interface OutboundResponse {
  status: number;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: string;
  /** From the start of the request to the end of the answer, milliseconds. */
  durationMs: number;
}

export interface OutboundClient {
  /**
   * Sends one request; a redirect is an answer like any other and is never followed (security O3).
   *
   * @throws AppError `invalid` (address or header), `forbidden` (blocked target), `unavailable` (no answer in
   *   time, refused, broken), `too_large`
   */
  send(request: OutboundRequest): Promise<OutboundResponse>;
  close(): Promise<void>;
}

async function readCapped(
  body: AsyncIterable<Uint8Array> & { destroy(): void },
  maxBytes: number,
): Promise<string> {
  const chunks: Uint8Array[] = [];
  let total = 0;
  for await (const chunk of body) {
    total += chunk.byteLength;
    if (total > maxBytes) {
      body.destroy();
      throw new AppError('too_large', `The answer is larger than ${maxBytes} bytes.`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, total).toString('utf8');
}

/** undici and the socket wrap what the look-up threw; the cause is somewhere below. */
function isBlockedTarget(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof BlockedTarget) return true;
    if (cause instanceof AggregateError && cause.errors.some(isBlockedTarget)) return true;
  }
  return false;
}

function translate(error: unknown, timeout: AbortSignal): AppError {
  if (error instanceof AppError) return error;
  if (isBlockedTarget(error)) return blockedTarget();
  const reason = timeout.aborted ? 'did not answer in time' : 'could not be reached';
  return new AppError('unavailable', `The address ${reason}.`, { cause: error });
}

/** Makes the client that every outgoing request to a typed address goes through. */
export function createOutboundClient(options: OutboundOptions): OutboundClient {
  const { policy, timeoutMs = 10_000, maxResponseBytes = 64 * 1024, keepAlive = false, ca } = options;
  const limits = readPolicy(policy);
  const agent = new Agent({
    connect: {
      lookup: filteredLookup(limits.ranges),
      timeout: timeoutMs,
      ...(ca !== undefined && { ca: [...rootCertificates, ca] }),
    },
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    maxHeaderSize: 16 * 1024,
    pipelining: keepAlive ? 1 : 0,
    keepAliveTimeout: 4000,
  });
  return {
    async send({ url, method = 'GET', headers = {}, body, signal }) {
      const target = checkTypedTarget(url, limits);
      const checked = checkHeaders(headers);
      const timeout = AbortSignal.timeout(timeoutMs);
      const ends = signal ? AbortSignal.any([timeout, signal]) : timeout;
      const startedAt = performance.now();
      try {
        const answer = await request(target, {
          dispatcher: agent,
          method,
          headers: checked,
          body,
          signal: ends,
        });
        const text = await readCapped(answer.body, maxResponseBytes);
        const durationMs = performance.now() - startedAt;
        return { status: answer.statusCode, headers: answer.headers, body: text, durationMs };
      } catch (error) {
        throw translate(error, timeout);
      }
    },
    close: () => agent.close(),
  };
}

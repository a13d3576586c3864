import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Clock } from '#lib/kernel/clock.ts';
import { AppError } from '#lib/kernel/errors.ts';
import type { Log } from '#lib/kernel/log.ts';
import type { ByteGate } from '#lib/limits/byte-gate.ts';
import type { Encoding, Signal } from '#lib/pipeline/ingest/contract.ts';
import { admitCaller, type Caller, type IngestDoor, type Refusal, toRefusal } from './door.ts';
import { exportResponse, rpcStatus } from './otlp-answer.ts';
import { type BodyLimits, readBody } from './read-body.ts';

export interface HttpDoorOptions {
  door: IngestDoor;
  limits: BodyLimits;
  gate: ByteGate;
  clock: Clock;
  log: Log;
  /** Answers GET requests (health, metrics); false when the path is not its own. */
  answerGet(request: IncomingMessage, response: ServerResponse): Promise<boolean>;
  /** Told the status of each answered export. */
  onAnswer(signal: Signal, status: number): void;
}

const SIGNALS: Record<string, Signal> = {
  '/v1/traces': 'traces',
  '/v1/metrics': 'metrics',
  '/v1/logs': 'logs',
};

const CONTENT_TYPES: Record<Encoding, string> = {
  protobuf: 'application/x-protobuf',
  json: 'application/json',
};

/** How long the sender of a refused body may go on sending before it is cut off. */
const LINGER_MS = 2_000;
const SWEEP_MS = 50;
/** A slow sender is cut off: the headers within 10 s, the whole request within 30 s. */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;

/**
 * OTLP over HTTP on plain `node:http` (specs/performance.md 4). `stop` ends it within `graceMs`: what is
 * in flight is answered, what is new is told 503, then the connections close.
 */
export function createHttpDoor(options: HttpDoorOptions, graceMs = 8_000) {
  let draining = false;
  const server: Server = createServer(
    {
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      connectionsCheckingInterval: 1_000,
      keepAliveTimeout: 65_000,
      maxHeaderSize: 16 * 1024,
      noDelay: true,
    },
    (request, response) => {
      void handle(options, request, response, draining);
    },
  );

  return {
    name: 'otlp-http',
    listen: (port: number, host: string): Promise<number> =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, host, () => {
          const address = server.address();
          resolve(typeof address === 'object' && address !== null ? address.port : port);
        });
      }),
    isDraining: () => draining,
    async stop(): Promise<void> {
      draining = true;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      // A kept-alive connection becomes idle when its last request has been answered.
      const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
      const timer = setTimeout(() => server.closeAllConnections(), graceMs);
      await closed;
      clearInterval(sweep);
      clearTimeout(timer);
    },
  };
}

async function handle(
  options: HttpDoorOptions,
  request: IncomingMessage,
  response: ServerResponse,
  draining: boolean,
): Promise<void> {
  const encoding = encodingOf(request);
  const path = pathOf(request);
  const signal = SIGNALS[path];
  try {
    if (signal === undefined || request.method !== 'POST') {
      if (request.method === 'GET' && (await options.answerGet(request, response))) return;
      const status = signal === undefined ? 404 : 405;
      const message = signal === undefined ? 'Not found.' : 'Use POST.';
      return refuse(request, response, encoding, wrongDoor(status, message));
    }
    if (draining) {
      throw new AppError('unavailable', 'The receiver is shutting down.', { retryAfterSeconds: 1 });
    }
    const body = await exportOne(options, request, signal, encoding);
    answer(response, 200, encoding ?? 'protobuf', body);
    options.onAnswer(signal, 200);
  } catch (error) {
    const refusal =
      error instanceof UnsupportedMedia ? wrongDoor(415, error.message) : toRefusal(error, options.log);
    refuse(request, response, encoding, refusal);
    if (signal !== undefined) options.onAnswer(signal, refusal.httpStatus);
  }
}

/** One export, step by step: who may, what is it, read it, take it. */
async function exportOne(
  options: HttpDoorOptions,
  request: IncomingMessage,
  signal: Signal,
  encoding: Encoding | null,
): Promise<Buffer> {
  const receivedAtMs = options.clock.now();
  const actor = await admitCaller(options.door, request.headers, callerOf(request));
  if (encoding === null) {
    throw new UnsupportedMedia('Send application/x-protobuf or application/json.');
  }
  const gzipped = isGzipped(request);
  const { body, release } = await readBody(request, gzipped, options.limits, options.gate);
  try {
    const { teamId, keyId } = actor;
    const refusals = await options.door.ingest({ teamId, keyId, signal, encoding, body, receivedAtMs });
    return exportResponse(signal, encoding, refusals);
  } finally {
    release();
  }
}

/** A content type or encoding that is not taken here: HTTP 415, which the closed list of codes doesn't know. */
class UnsupportedMedia extends Error {}

/** Who is at the other end of a request. */
export function callerOf(request: IncomingMessage): Caller {
  const forwardedFor = headerOf(request, 'x-forwarded-for') ?? '';
  return { peer: request.socket.remoteAddress ?? '', forwardedFor };
}

function isGzipped(request: IncomingMessage): boolean {
  const encoding = (headerOf(request, 'content-encoding') ?? 'identity').trim().toLowerCase();
  if (encoding === 'gzip') return true;
  if (encoding === 'identity' || encoding === '') return false;
  throw new UnsupportedMedia('Only Content-Encoding gzip, one layer, is taken.');
}

function encodingOf(request: IncomingMessage): Encoding | null {
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase();
  if (type === CONTENT_TYPES.protobuf) return 'protobuf';
  if (type === CONTENT_TYPES.json) return 'json';
  return null;
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? '/').split('?', 1)[0] ?? '/';
}

function headerOf(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function wrongDoor(httpStatus: number, message: string): Refusal {
  return { httpStatus, rpcCode: 3, message, retryAfterSeconds: undefined };
}

function answer(response: ServerResponse, status: number, encoding: Encoding, body: Buffer): void {
  response.statusCode = status;
  response.setHeader('Content-Type', CONTENT_TYPES[encoding]);
  response.setHeader('Content-Length', body.length);
  response.end(body);
}

/**
 * Answers a refusal in the request's encoding (JSON when it has none of ours). What is left of the body is
 * swallowed for a moment, so that the sender gets to read the answer; then the connection is cut.
 */
function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  encoding: Encoding | null,
  refusal: Refusal,
): void {
  const { socket } = request;
  if (response.headersSent || socket.destroyed) return;
  if (refusal.httpStatus === 405) response.setHeader('Allow', 'POST');
  if (refusal.retryAfterSeconds !== undefined) response.setHeader('Retry-After', refusal.retryAfterSeconds);
  const { rpcCode, message, retryAfterSeconds } = refusal;
  const written = encoding ?? 'json';
  answer(response, refusal.httpStatus, written, rpcStatus(written, rpcCode, message, retryAfterSeconds));
  if (request.complete) return;
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  request.once('close', () => clearTimeout(timer));
  request.resume();
}

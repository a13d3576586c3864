import {
  Metadata,
  type MethodDefinition,
  ResponderBuilder,
  Server,
  ServerCredentials,
  ServerInterceptingCall,
  type ServerInterceptor,
  ServerListenerBuilder,
  type ServerUnaryCall,
  type StatusObject,
  type sendUnaryData,
  status,
} from '@grpc/grpc-js';
import type { KeyActor } from '#lib/access/actor.ts';
import type { KeyHeaders } from '#lib/api-keys/authenticate-key.ts';
import type { Clock } from '#lib/kernel/clock.ts';
import { AppError } from '#lib/kernel/errors.ts';
import type { Log } from '#lib/kernel/log.ts';
import type { ByteGate } from '#lib/limits/byte-gate.ts';
import { type ConcurrencyGate, createConcurrencyGate } from '#lib/limits/concurrency-gate.ts';
import type { Signal } from '#lib/pipeline/ingest/contract.ts';
import { admitCaller, type Caller, type IngestDoor, type Refusal, toRefusal } from './door.ts';
import { exportResponse, rpcStatus } from './otlp-answer.ts';

export interface GrpcDoorOptions {
  door: IngestDoor;
  gate: ByteGate;
  /** Largest message, as sent and after decompression. */
  maxMessageBytes: number;
  /**
   * Calls that may read their message at a time: the library tells of a message once it is whole, so until then this
   * many times the largest one bounds what they hold together; then the gate does.
   */
  readingAtOnce: number;
  clock: Clock;
  log: Log;
  /** Told the HTTP status that stands for the answer of each export. */
  onAnswer(signal: Signal, status: number): void;
}

/** Calls that may wait to be read, and how long; what they sent by then is bounded by the windows of HTTP/2. */
const MAX_WAITING = 1000;
const PATIENCE_MS = 5_000;
/** A slow sender is cut off when its message has not come within this time. */
const READ_TIMEOUT_MS = 30_000;

type RawMethod = MethodDefinition<Buffer, Buffer>;

const SERVICES: Record<Signal, string> = {
  traces: 'opentelemetry.proto.collector.trace.v1.TraceService',
  metrics: 'opentelemetry.proto.collector.metrics.v1.MetricsService',
  logs: 'opentelemetry.proto.collector.logs.v1.LogsService',
};

const sameBytes = (bytes: Buffer): Buffer => bytes;

/** A method whose messages stay bytes: the pipeline decodes them, as it does for HTTP. */
function exportMethod(service: string): RawMethod {
  return {
    path: `/${service}/Export`,
    requestStream: false,
    responseStream: false,
    requestSerialize: sameBytes,
    requestDeserialize: sameBytes,
    responseSerialize: sameBytes,
    responseDeserialize: sameBytes,
  };
}

/** OTLP over gRPC: the three services in front of the same pipeline as HTTP. */
export function createGrpcDoor(options: GrpcDoorOptions, graceMs = 8_000, readTimeoutMs = READ_TIMEOUT_MS) {
  const calls = new WeakMap<Metadata, Reading>();
  const readers = createConcurrencyGate({
    atOnce: options.readingAtOnce,
    waiting: MAX_WAITING,
    patienceMs: PATIENCE_MS,
  });
  const server = new Server({
    'grpc.max_receive_message_length': options.maxMessageBytes,
    'grpc.max_concurrent_streams': 256,
    'grpc.keepalive_time_ms': 60_000,
    'grpc.keepalive_timeout_ms': 20_000,
    'grpc-node.max_session_memory': 64,
    interceptors: [admitBeforeBody(options, calls, readers, readTimeoutMs)],
  });
  for (const signal of ['traces', 'metrics', 'logs'] as const) {
    const method = exportMethod(SERVICES[signal]);
    server.addService(
      { Export: method },
      {
        Export: (call: ServerUnaryCall<Buffer, Buffer>, callback: sendUnaryData<Buffer>) => {
          void exportOne(options, calls.get(call.metadata), signal, call.request, callback);
        },
      },
    );
  }
  return {
    name: 'otlp-grpc',
    listen: (port: number, host: string): Promise<number> =>
      new Promise((resolve, reject) => {
        server.bindAsync(
          `${host.includes(':') ? `[${host}]` : host}:${port}`,
          ServerCredentials.createInsecure(),
          (error, bound) => (error === null ? resolve(bound) : reject(error)),
        );
      }),
    async stop(): Promise<void> {
      const timer = setTimeout(() => server.forceShutdown(), graceMs);
      await new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
      clearTimeout(timer);
    },
  };
}

function overloaded(): AppError {
  return new AppError('rate_limited', 'The receiver holds as many bytes as it may.', {
    retryAfterSeconds: 1,
  });
}

/** What one call holds until it is answered: a place among those that read, then the bytes of its message. */
class Reading {
  readonly #gate: ByteGate;
  readonly #read = Promise.withResolvers<void>();
  actor: KeyActor | undefined;
  timer: ReturnType<typeof setTimeout> | undefined;
  #held = 0;
  #isTaken = false;

  constructor(gate: ByteGate) {
    this.#gate = gate;
  }

  /** Resolves when the message is here, or will not come. */
  get whole(): Promise<void> {
    return this.#read.promise;
  }

  /** The message is here; false when there is no room for it. */
  hold(bytes: number): boolean {
    const fits = this.#gate.tryReserve(bytes);
    if (fits) this.#held += bytes;
    this.#read.resolve();
    return fits;
  }

  /** The pipeline takes the message over until {@link release}. */
  take(): void {
    clearTimeout(this.timer);
    this.#isTaken = true;
  }

  release(): void {
    this.#gate.release(this.#held);
    this.#held = 0;
  }

  /** The call has ended, answered or not. */
  end(): void {
    clearTimeout(this.timer);
    this.#read.resolve();
    if (!this.#isTaken) this.release();
  }
}

/** Asks who calls when the metadata is here and the message is not yet read, which then waits for its turn. */
function admitBeforeBody(
  options: GrpcDoorOptions,
  calls: WeakMap<Metadata, Reading>,
  readers: ConcurrencyGate,
  readTimeoutMs: number,
): ServerInterceptor {
  return (_method, call) => {
    const reading = new Reading(options.gate);
    const refuse = (error: unknown): void => call.sendStatus(toStatus(toRefusal(error, options.log)));

    async function admit(metadata: Metadata, pass: (metadata: Metadata) => void): Promise<void> {
      reading.actor = await admitCaller(
        options.door,
        headersOf(metadata),
        callerOf(call.getPeer(), metadata),
      );
      calls.set(metadata, reading);
      await readers
        .run('message', async () => {
          reading.timer = setTimeout(() => {
            call.sendStatus({ code: status.DEADLINE_EXCEEDED, details: 'The message took too long.' });
          }, readTimeoutMs);
          pass(metadata);
          await reading.whole;
        })
        .catch(() => Promise.reject(overloaded()));
    }

    const responder = new ResponderBuilder()
      .withStart((next) => {
        const listener = new ServerListenerBuilder()
          .withOnReceiveMetadata((metadata, pass) => {
            admit(metadata, pass).catch(refuse);
          })
          .withOnReceiveMessage((message, pass) => {
            if (reading.hold((message as Buffer).length)) pass(message);
            else refuse(overloaded());
          })
          .withOnCancel(() => reading.end())
          .build();
        next(listener);
      })
      .build();
    return new ServerInterceptingCall(call, responder);
  };
}

async function exportOne(
  options: GrpcDoorOptions,
  reading: Reading | undefined,
  signal: Signal,
  body: Buffer,
  callback: sendUnaryData<Buffer>,
): Promise<void> {
  const receivedAtMs = options.clock.now();
  reading?.take();
  try {
    if (reading?.actor === undefined) throw new AppError('internal', 'A call without an admitted caller.');
    const { teamId, keyId } = reading.actor;
    const request = { teamId, keyId, signal, encoding: 'protobuf' as const, body, receivedAtMs };
    const refusals = await options.door.ingest(request);
    callback(null, exportResponse(signal, 'protobuf', refusals));
    options.onAnswer(signal, 200);
  } catch (error) {
    const refusal = toRefusal(error, options.log);
    callback(toStatus(refusal));
    options.onAnswer(signal, refusal.httpStatus);
  } finally {
    reading?.release();
  }
}

/** @param peer address and port, as the library writes them */
function callerOf(peer: string, metadata: Metadata): Caller {
  const forwardedFor = metadata.get('x-forwarded-for').join(',');
  return { peer: peer.replace(/:\d+$/, ''), forwardedFor };
}

function headersOf(metadata: Metadata): KeyHeaders {
  const first = (name: string): string | undefined => metadata.get(name)[0]?.toString();
  return { authorization: first('authorization'), 'x-api-key': first('x-api-key') };
}

/** A retry is only allowed by RESOURCE_EXHAUSTED with a RetryInfo, which travels in grpc-status-details-bin. */
function toStatus(refusal: Refusal): StatusObject {
  const { rpcCode, message, retryAfterSeconds } = refusal;
  const metadata = new Metadata();
  if (retryAfterSeconds !== undefined) {
    metadata.set('grpc-status-details-bin', rpcStatus('protobuf', rpcCode, message, retryAfterSeconds));
  }
  return { code: rpcCode, details: message, metadata };
}

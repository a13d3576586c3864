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
} from '@grpc/grpc-js';
import type { KeyActor } from '#lib/access/actor.ts';
import type { KeyHeaders } from '#lib/api-keys/authenticate-key.ts';
import type { Clock } from '#lib/kernel/clock.ts';
import { AppError } from '#lib/kernel/errors.ts';
import type { Log } from '#lib/kernel/log.ts';
import type { ByteGate } from '#lib/limits/byte-gate.ts';
import type { Signal } from '#lib/pipeline/ingest/contract.ts';
import { admitCaller, type Caller, type IngestDoor, type Refusal, toRefusal } from './door.ts';
import { exportResponse, rpcStatus } from './otlp-answer.ts';

export interface GrpcDoorOptions {
  door: IngestDoor;
  gate: ByteGate;
  /** Largest message, as sent and after decompression. */
  maxMessageBytes: number;
  clock: Clock;
  log: Log;
  /** Told the HTTP status that stands for the answer of each export. */
  onAnswer(signal: Signal, status: number): void;
}

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
export function createGrpcDoor(options: GrpcDoorOptions, graceMs = 8_000) {
  const actors = new WeakMap<Metadata, KeyActor>();
  const server = new Server({
    'grpc.max_receive_message_length': options.maxMessageBytes,
    'grpc.max_concurrent_streams': 256,
    'grpc.keepalive_time_ms': 60_000,
    'grpc.keepalive_timeout_ms': 20_000,
    'grpc-node.max_session_memory': 64,
    interceptors: [admitBeforeBody(options, actors)],
  });
  for (const signal of ['traces', 'metrics', 'logs'] as const) {
    const method = exportMethod(SERVICES[signal]);
    server.addService(
      { Export: method },
      {
        Export: (call: ServerUnaryCall<Buffer, Buffer>, callback: sendUnaryData<Buffer>) => {
          void exportOne(options, actors.get(call.metadata), signal, call.request, callback);
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

/** Asks who calls when the metadata is here and the message is not yet read. */
function admitBeforeBody(options: GrpcDoorOptions, actors: WeakMap<Metadata, KeyActor>): ServerInterceptor {
  return (_method, call) => {
    const responder = new ResponderBuilder()
      .withStart((next) => {
        const listener = new ServerListenerBuilder()
          .withOnReceiveMetadata((metadata, pass) => {
            admitCaller(options.door, headersOf(metadata), callerOf(call.getPeer(), metadata)).then(
              (actor) => {
                actors.set(metadata, actor);
                pass(metadata);
              },
              (error: unknown) => call.sendStatus(toStatus(toRefusal(error, options.log))),
            );
          })
          .build();
        next(listener);
      })
      .build();
    return new ServerInterceptingCall(call, responder);
  };
}

async function exportOne(
  options: GrpcDoorOptions,
  actor: KeyActor | undefined,
  signal: Signal,
  body: Buffer,
  callback: sendUnaryData<Buffer>,
): Promise<void> {
  const receivedAtMs = options.clock.now();
  let held = 0;
  try {
    if (actor === undefined) throw new AppError('internal', 'A call without an admitted caller.');
    if (!options.gate.tryReserve(body.length)) {
      throw new AppError('rate_limited', 'The receiver holds as many bytes as it may.', {
        retryAfterSeconds: 1,
      });
    }
    held = body.length;
    const { teamId, keyId } = actor;
    const request = { teamId, keyId, signal, encoding: 'protobuf' as const, body, receivedAtMs };
    const refusals = await options.door.ingest(request);
    callback(null, exportResponse(signal, 'protobuf', refusals));
    options.onAnswer(signal, 200);
  } catch (error) {
    const refusal = toRefusal(error, options.log);
    callback(toStatus(refusal));
    options.onAnswer(signal, refusal.httpStatus);
  } finally {
    options.gate.release(held);
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

import {
  type ChannelOptions,
  Client,
  compressionAlgorithms,
  credentials,
  Metadata,
  type ServiceError,
  status,
} from '@grpc/grpc-js';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '#lib/kernel/clock.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { createLog } from '#lib/kernel/log.ts';
import { createByteGate } from '#lib/limits/byte-gate.ts';
import { NOTHING_REFUSED, recordingDoor } from '#lib/testing/ingest-door.ts';
import type { IngestDoor } from './door.ts';
import { createGrpcDoor } from './grpc.ts';

const TRACES = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
const METRICS = '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export';
const LOGS = '/opentelemetry.proto.collector.logs.v1.LogsService/Export';

let closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.reverse()) await close();
  closers = [];
});

async function open(part: Partial<IngestDoor> = {}, channel: ChannelOptions = {}) {
  const { door: behind, taken } = recordingDoor(part);
  const door = createGrpcDoor({
    door: behind,
    gate: createByteGate(64 * 1024 * 1024),
    maxMessageBytes: 1024 * 1024,
    clock: systemClock,
    log: createLog('test', 'silent'),
    onAnswer: () => {},
  });
  const port = await door.listen(0, '127.0.0.1');
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), channel);
  closers.push(
    () => door.stop(),
    () => client.close(),
  );
  return { client, door, taken };
}

type Outcome = { answer: Buffer } | { error: ServiceError };

function call(client: Client, path: string, body: Buffer, headers: Record<string, string>): Promise<Outcome> {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
  const same = (bytes: Buffer): Buffer => bytes;
  return new Promise((resolve) => {
    client.makeUnaryRequest<Buffer, Buffer>(path, same, same, body, metadata, (error, answer) =>
      resolve(error === null ? { answer: answer ?? Buffer.alloc(0) } : { error }),
    );
  });
}

async function refusal(outcome: Promise<Outcome>): Promise<ServiceError> {
  const settled = await outcome;
  if (!('error' in settled)) throw new Error('the call was answered OK');
  return settled.error;
}

const good = { authorization: 'Bearer good' };

describe('OTLP/gRPC door', () => {
  it('hands the bytes of all three services to the same pipeline', async () => {
    const { client, taken } = await open();
    for (const path of [TRACES, METRICS, LOGS]) {
      expect(await call(client, path, Buffer.from(path), good)).toEqual({ answer: Buffer.alloc(0) });
    }
    expect(await call(client, TRACES, Buffer.alloc(0), { 'x-api-key': 'good' })).toHaveProperty('answer');
    expect(taken.map(({ signal, encoding }) => `${signal} ${encoding}`)).toEqual([
      'traces protobuf',
      'metrics protobuf',
      'logs protobuf',
      'traces protobuf',
    ]);
    expect(taken[1]?.body.toString()).toBe(METRICS);
  });

  it('takes gzip', async () => {
    const { client, taken } = await open(
      {},
      {
        'grpc.default_compression_algorithm': compressionAlgorithms.gzip,
      },
    );
    await call(client, TRACES, Buffer.alloc(10_000, 'x'), good);
    expect(taken[0]?.body).toHaveLength(10_000);
  });

  it('security P5: refuses callers by their key before the message is read', async () => {
    const { client, taken } = await open();
    expect((await refusal(call(client, TRACES, Buffer.from('x'), {}))).code).toBe(status.UNAUTHENTICATED);
    const reader = call(client, TRACES, Buffer.from('x'), { authorization: 'Bearer reader' });
    expect((await refusal(reader)).code).toBe(status.PERMISSION_DENIED);
    expect(taken).toHaveLength(0);
  });

  it('answers back-pressure with RESOURCE_EXHAUSTED and a RetryInfo, a lost store with UNAVAILABLE', async () => {
    const busy = await open({
      admit: () => {
        throw new AppError('rate_limited', 'Slower.', { retryAfterSeconds: 3 });
      },
    });
    const error = await refusal(call(busy.client, TRACES, Buffer.from('x'), good));
    expect([error.code, error.details]).toEqual([status.RESOURCE_EXHAUSTED, 'Slower.']);
    const details = error.metadata.get('grpc-status-details-bin')[0];
    expect(String(details)).toContain('type.googleapis.com/google.rpc.RetryInfo');
    const away = await open({
      ingest: async () => {
        throw new AppError('unavailable', 'No store.', { retryAfterSeconds: 2 });
      },
    });
    expect((await refusal(call(away.client, TRACES, Buffer.from('x'), good))).code).toBe(status.UNAVAILABLE);
  });

  it('security P8: refuses a message over the cap, as sent and after decompression', async () => {
    const plain = await open({}, { 'grpc.max_send_message_length': -1 });
    const large = Buffer.alloc(2 * 1024 * 1024);
    expect((await refusal(call(plain.client, TRACES, large, good))).code).toBe(status.RESOURCE_EXHAUSTED);
    const zipped = await open(
      {},
      {
        'grpc.max_send_message_length': -1,
        'grpc.default_compression_algorithm': compressionAlgorithms.gzip,
      },
    );
    expect((await refusal(call(zipped.client, TRACES, large, good))).code).toBe(status.RESOURCE_EXHAUSTED);
    expect([...plain.taken, ...zipped.taken]).toHaveLength(0);
  });

  it('tells what can not be parsed and what was refused', async () => {
    const { client } = await open({
      ingest: async ({ body }) => {
        if (body.length === 1) throw new AppError('invalid', 'Not OTLP.');
        return { count: 2, byReason: { too_old: 2 }, message: 'old' };
      },
    });
    const error = await refusal(call(client, LOGS, Buffer.from('x'), good));
    expect(error.code).toBe(status.INVALID_ARGUMENT);
    const partial = await call(client, LOGS, Buffer.from('xx'), good);
    expect(partial).toEqual({ answer: Buffer.from([10, 7, 8, 2, 18, 3, ...Buffer.from('old')]) });
  });

  it('reliability F5: answers what is in flight before it ends', async () => {
    const started = Promise.withResolvers<void>();
    const commit = Promise.withResolvers<void>();
    const { client, door } = await open({
      ingest: async () => {
        started.resolve();
        await commit.promise;
        return NOTHING_REFUSED;
      },
    });
    const inFlight = call(client, TRACES, Buffer.from('x'), good);
    await started.promise;
    const stopped = door.stop();
    commit.resolve();
    expect(await inFlight).toHaveProperty('answer');
    client.close();
    await stopped;
  });
});

import { connect } from 'node:http2';
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

async function open(part: Partial<IngestDoor> = {}, channel: ChannelOptions = {}, readTimeoutMs = 30_000) {
  const { door: behind, taken } = recordingDoor(part);
  const gate = createByteGate(64 * 1024 * 1024);
  const options = {
    ...{ door: behind, gate, maxMessageBytes: 1024 * 1024, readingAtOnce: 2 },
    ...{ clock: systemClock, log: createLog('test', 'silent'), onAnswer: () => {} },
  };
  const door = createGrpcDoor(options, 8_000, readTimeoutMs);
  const port = await door.listen(0, '127.0.0.1');
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), channel);
  closers.push(
    () => door.stop(),
    () => client.close(),
  );
  return { client, door, taken, gate, port };
}

/** A connection on which messages come in pieces, as from a slow sender. */
async function openSlowly(port: number) {
  const session = connect(`http://127.0.0.1:${port}`);
  closers.push(() => session.destroy());
  /** Begins a message of so many bytes and sends the first of them. */
  function begin(bytes: number, first: number) {
    const stream = session.request({
      ...{ ':method': 'POST', ':path': TRACES, 'content-type': 'application/grpc', te: 'trailers' },
      authorization: good.authorization,
    });
    const ended = new Promise<string>((resolve) => {
      stream.on('trailers', (trailers) => resolve(String(trailers['grpc-status'])));
      stream.on('response', (headers) => {
        if (headers['grpc-status'] !== undefined) resolve(String(headers['grpc-status']));
      });
      stream.on('error', () => {});
      stream.resume();
    });
    const prefix = Buffer.alloc(5);
    prefix.writeUInt32BE(bytes, 1);
    const left = { written: false };
    const sent = new Promise<void>((resolve) => {
      stream.write(Buffer.concat([prefix, Buffer.alloc(first)]), () => {
        left.written = true;
        resolve();
      });
    });
    return { ended, sent, left, rest: () => stream.end(Buffer.alloc(bytes - first)) };
  }
  /** Resolves when the server has answered so many times what was sent before. */
  async function turns(count: number): Promise<void> {
    for (let i = 0; i < count; i++) await new Promise((resolve) => session.ping(resolve));
  }
  return { begin, turns };
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

  it('security P8: reads so many messages at a time and no more, and holds the bytes of each until it is answered', async () => {
    const { port, gate, taken } = await open();
    const { begin, turns } = await openSlowly(port);
    const [one, two] = [begin(400_000, 300_000), begin(400_000, 300_000)];
    await Promise.all([one.sent, two.sent]);
    const three = begin(400_000, 300_000);
    await turns(50);
    expect(three.left.written).toBe(false);
    one.rest();
    expect(await one.ended).toBe('0');
    await three.sent;
    two.rest();
    three.rest();
    expect(await Promise.all([two.ended, three.ended])).toEqual(['0', '0']);
    expect(taken).toHaveLength(3);
    await expect.poll(() => gate.usedBytes()).toBe(0);
  });

  it('security P8: holds the bytes of a message while it is taken, and lets go one that has no end', async () => {
    let held = 0;
    const { port, gate, client } = await open(
      {
        ingest: async () => {
          held = gate.usedBytes();
          return NOTHING_REFUSED;
        },
      },
      {},
      300,
    );
    await call(client, TRACES, Buffer.alloc(1000), good);
    expect(held).toBe(1000);
    held = 0;
    const { begin } = await openSlowly(port);
    expect(await begin(1000, 1000).ended).toBe('4');
    await expect.poll(() => gate.usedBytes()).toBe(0);
    expect(held).toBe(0);
  });

  it('security P8: senders that never finish keep nobody out for long', async () => {
    const { port, client } = await open({}, {}, 200);
    const { begin } = await openSlowly(port);
    const slow = [begin(1000, 10), begin(1000, 10)];
    await Promise.all(slow.map(({ sent }) => sent));
    expect(await call(client, TRACES, Buffer.from('x'), good)).toHaveProperty('answer');
    expect(await Promise.all(slow.map(({ ended }) => ended))).toEqual(['4', '4']);
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

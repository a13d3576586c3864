import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '#lib/kernel/clock.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { createLog } from '#lib/kernel/log.ts';
import { createByteGate } from '#lib/limits/byte-gate.ts';
import { NOTHING_REFUSED, recordingDoor } from '#lib/testing/ingest-door.ts';
import type { IngestDoor } from './door.ts';
import { createHttpDoor } from './http.ts';

const MIB = 1024 * 1024;
const limits = {
  compressedBytes: 256 * 1024,
  decompressedBytes: 2 * MIB,
  maxRatio: 100,
  ratioFloorBytes: 64 * 1024,
};
const proto = { 'content-type': 'application/x-protobuf', authorization: 'Bearer good' };
const json = { 'content-type': 'application/json', 'x-api-key': 'good' };

/** The door with a pipeline that remembers what it was given. */
async function open(part: Partial<IngestDoor> = {}, gateBytes = 64 * MIB) {
  const { door, taken } = recordingDoor(part);
  const gate = createByteGate(gateBytes);
  const http = createHttpDoor({
    door,
    limits,
    gate,
    clock: systemClock,
    log: createLog('test', 'silent'),
    answerGet: async () => false,
    onAnswer: () => {},
  });
  const port = await http.listen(0, '127.0.0.1');
  closers.push(() => http.stop());
  return { http, port, taken, gate };
}

let closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closers.map((close) => close()));
  closers = [];
});

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

function send(
  port: number,
  headers: Record<string, string>,
  body: Buffer | string = '',
  path = '/v1/traces',
  method = 'POST',
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ port, path, method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks),
        }),
      );
    });
    request.on('error', reject);
    request.end(body);
  });
}

describe('OTLP/HTTP door', () => {
  it('hands each signal to the pipeline and answers in the encoding of the request', async () => {
    const { port, taken } = await open();
    const traces = await send(port, proto, 'abc');
    const logs = await send(port, json, '{}', '/v1/logs');
    const metrics = await send(
      port,
      { ...json, 'content-encoding': 'gzip' },
      gzipSync('{"a":1}'),
      '/v1/metrics',
    );
    expect([traces.status, logs.status, metrics.status]).toEqual([200, 200, 200]);
    expect(taken.map(({ signal, encoding, body }) => [signal, encoding, body.toString()])).toEqual([
      ['traces', 'protobuf', 'abc'],
      ['logs', 'json', '{}'],
      ['metrics', 'json', '{"a":1}'],
    ]);
    expect(traces.headers['content-type']).toBe('application/x-protobuf');
    expect(traces.body).toHaveLength(0);
    expect(logs.body.toString()).toBe('{}');
  });

  it('answers 404, 405 and 415 for what is no export', async () => {
    const { port, taken } = await open();
    expect((await send(port, json, '{}', '/v1/profiles')).status).toBe(404);
    const get = await send(port, json, '', '/v1/traces', 'GET');
    expect([get.status, get.headers.allow]).toEqual([405, 'POST']);
    expect((await send(port, { ...json, 'content-type': 'text/plain' }, '{}')).status).toBe(415);
    for (const layer of ['zstd', 'deflate', 'gzip, gzip', 'br']) {
      expect((await send(port, { ...json, 'content-encoding': layer }, '{}')).status).toBe(415);
    }
    expect(taken).toHaveLength(0);
  });

  it('security P4: a key in the address is not looked at', async () => {
    const { port } = await open();
    const answer = await send(port, { 'content-type': 'application/json' }, '{}', '/v1/traces?api_key=good');
    expect(answer.status).toBe(401);
    expect(answer.body.toString()).not.toContain('good');
  });

  it('security P5: a key that may only read is forbidden to ingest, with a Status in its encoding', async () => {
    const { port, taken } = await open();
    const answer = await send(port, { ...json, 'x-api-key': 'reader' }, '{}');
    expect([answer.status, JSON.parse(answer.body.toString()).code]).toEqual([403, 7]);
    expect((await send(port, { ...proto, authorization: 'Bearer reader' }, 'x')).body[1]).toBe(7);
    expect(taken).toHaveLength(0);
  });

  it('answers a caller without a key before the body has come', async () => {
    const { port } = await open();
    const socket = connect(port, '127.0.0.1');
    socket.write('POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n');
    socket.write('Content-Length: 100000\r\n\r\n{"half":');
    const [head] = await new Promise<string[]>((resolve) =>
      socket.once('data', (data) => resolve(String(data).split('\r\n'))),
    );
    expect(head).toBe('HTTP/1.1 401 Unauthorized');
    await new Promise((resolve) => socket.once('close', resolve));
  });

  it('answers back-pressure with Retry-After and a Status', async () => {
    const full = await open({
      admit: () => {
        throw new AppError('rate_limited', 'Slower, please.', { retryAfterSeconds: 7 });
      },
    });
    const answer = await send(full.port, json, '{}');
    expect([answer.status, answer.headers['retry-after']]).toEqual([429, '7']);
    const away = await open({
      ingest: async () => {
        throw new AppError('unavailable', 'No store.', { retryAfterSeconds: 2 });
      },
    });
    const later = await send(away.port, json, '{}');
    expect([later.status, later.headers['retry-after']]).toEqual([503, '2']);
  });

  it('tells what was refused of a request and keeps the words of an unexpected error to itself', async () => {
    const partly = await open({
      ingest: async () => ({ count: 2, byReason: { too_old: 2 }, message: 'old' }),
    });
    expect(JSON.parse((await send(partly.port, json, '{}')).body.toString())).toEqual({
      partialSuccess: { rejectedSpans: '2', errorMessage: 'old' },
    });
    const broken = await open({
      ingest: async () => {
        throw new TypeError('secret detail');
      },
    });
    const answer = await send(broken.port, json, '{}');
    expect(answer.status).toBe(500);
    expect(answer.body.toString()).toMatch(/reference [\w-]+/);
    expect(answer.body.toString()).not.toContain('secret detail');
  });
});

describe('OTLP/HTTP bodies', () => {
  const gzip = { ...json, 'content-encoding': 'gzip' };

  it('security P8: refuses a body over the cap, declared or streamed, and holds no bytes afterwards', async () => {
    const { port, taken, gate } = await open();
    const large = Buffer.alloc(2 * MIB + 1, 'x');
    expect((await send(port, json, large)).status).toBe(413);
    expect((await send(port, { ...json, 'transfer-encoding': 'chunked' }, large)).status).toBe(413);
    expect((await send(port, gzip, Buffer.alloc(257 * 1024))).status).toBe(413);
    expect([taken.length, gate.usedBytes()]).toEqual([0, 0]);
  });

  it('security P8: stops a gzip bomb at the cap and at the ratio', async () => {
    const { port, taken, gate } = await open();
    const bomb = gzipSync(Buffer.alloc(200 * MIB));
    expect(bomb.length).toBeLessThan(limits.compressedBytes);
    expect((await send(port, gzip, bomb)).status).toBe(413);
    expect((await send(port, gzip, gzipSync(Buffer.alloc(MIB)))).status).toBe(413);
    expect([taken.length, gate.usedBytes()]).toEqual([0, 0]);
    expect((await send(port, gzip, gzipSync(Buffer.alloc(60 * 1024, ' ')))).status).toBe(200);
  });

  it('security P8: unpacks one layer only', async () => {
    const { port, taken } = await open();
    const inner = gzipSync('{}');
    expect((await send(port, gzip, gzipSync(inner))).status).toBe(200);
    expect(taken[0]?.body.equals(inner)).toBe(true);
  });

  it('answers 400 for what is not gzip and for a gzip that ends early', async () => {
    const { port } = await open();
    expect((await send(port, gzip, '{"no":"gzip"}')).status).toBe(400);
    expect((await send(port, gzip, gzipSync('{"a":1}').subarray(0, 12))).status).toBe(400);
  });

  it('answers 429 when the process holds as many bytes as it may', async () => {
    const { port } = await open({}, 1_000);
    expect((await send(port, json, 'x'.repeat(900))).status).toBe(200);
    const answer = await send(port, json, 'x'.repeat(1_001));
    expect([answer.status, answer.headers['retry-after']]).toEqual([429, '1']);
  });

  it('forgets a sender that goes away in the middle of its body', async () => {
    const { port, gate, taken } = await open();
    const socket = connect(port, '127.0.0.1');
    socket.write('POST /v1/traces HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer good\r\n');
    socket.write('Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"half":');
    await expect.poll(() => gate.usedBytes()).toBeGreaterThan(0);
    socket.destroy();
    await expect.poll(() => gate.usedBytes()).toBe(0);
    expect(taken).toHaveLength(0);
  });
});

describe('OTLP/HTTP shutdown', () => {
  it('reliability F5: answers what is in flight, tells new requests to come again, and ends', async () => {
    const started = Promise.withResolvers<void>();
    const commit = Promise.withResolvers<void>();
    const { port, http } = await open({
      ingest: async () => {
        started.resolve();
        await commit.promise;
        return NOTHING_REFUSED;
      },
    });
    const early = connect(port, '127.0.0.1');
    await new Promise((resolve) => early.once('connect', resolve));
    const inFlight = send(port, json, '{}');
    await started.promise;
    early.write('POST /v1/traces HTTP/1.1\r\nHost: x\r\n');
    await new Promise((resolve) => setImmediate(resolve));
    const stopped = http.stop();
    commit.resolve();
    expect((await inFlight).status).toBe(200);
    early.write('Content-Length: 0\r\n\r\n');
    const late = await new Promise<string>((resolve) => {
      early.once('data', (data) => resolve(String(data)));
      early.once('close', () => resolve(''));
    });
    expect(late === '' || late.startsWith('HTTP/1.1 503')).toBe(true);
    early.destroy();
    await stopped;
    await expect(send(port, json, '{}')).rejects.toThrow();
  });
});

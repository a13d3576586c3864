import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:http2';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createIngestRig, type IngestRig } from './ingest-rig.ts';

/** The same seed makes the same requests: `FUZZ_SEED=7 npx vitest run tests/faults/ingest-fuzz.test.ts`. */
const SEED = Number(process.env.FUZZ_SEED ?? Date.now() % 1_000_000);
const ROUNDS = Number(process.env.FUZZ_ROUNDS ?? 400);
const GOLDEN = join(import.meta.dirname, '../captures/golden');
const ANSWERS = new Set([200, 400, 413]);

let rig: IngestRig;
beforeAll(async () => {
  rig = await createIngestRig();
});
afterAll(() => rig.close());
afterEach(async () => {
  expect(rig.ingestAlive(), rig.log().slice(-4000)).toBe(true);
  expect((await fetch(`${rig.otlpUrl}/readyz`)).status).toBe(200);
  expect(rig.log()).not.toMatch(/"level":(50|60)/);
});

/** Numbers from 0 to below 1 that a seed decides (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const CAPTURES = readdirSync(GOLDEN).flatMap((sender) =>
  readdirSync(join(GOLDEN, sender))
    .filter((file) => file.endsWith('.pb') || /^(traces|metrics|logs).*json$/.test(file))
    .map((file) => ({
      signal: file.split('-')[0] ?? '',
      type: file.endsWith('.pb') ? 'application/x-protobuf' : 'application/json',
      body: readFileSync(join(GOLDEN, sender, file)),
    })),
);

/** Spoils bytes in one of five ways, one to eight times. */
function mutate(body: Buffer, random: () => number): Buffer {
  const any = (below: number) => Math.floor(random() * below);
  let bytes = Buffer.from(body);
  for (let times = 1 + any(8); times > 0; times--) {
    const at = any(bytes.length);
    const way = any(5);
    if (way === 0) bytes[at] = any(256);
    else if (way === 1) bytes[at] = (bytes[at] ?? 0) ^ (1 << any(8));
    else if (way === 2) bytes = bytes.subarray(0, at + 1);
    else if (way === 3)
      bytes = Buffer.concat([bytes.subarray(0, at), Buffer.alloc(1 + any(10), any(256)), bytes.subarray(at)]);
    else bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(any(bytes.length))]);
  }
  return bytes;
}

async function post(signal: string, body: Buffer | string, type = 'application/json') {
  const response = await fetch(`${rig.otlpUrl}/v1/${signal}`, {
    method: 'POST',
    body: body as BodyInit,
    headers: { 'content-type': type, 'x-api-key': rig.key },
  });
  return { status: response.status, body: await response.text() };
}

test(`captures of real senders, spoilt at random (seed ${SEED}), are answered 200, 400 or 413`, async () => {
  const random = randomOf(SEED);
  for (let round = 0; round < ROUNDS; round++) {
    const { signal, type, body } = CAPTURES[
      Math.floor(random() * CAPTURES.length)
    ] as (typeof CAPTURES)[number];
    const spoilt = mutate(body, random);
    const answer = await post(signal, spoilt, type);
    expect(ANSWERS, `round ${round} of seed ${SEED}: ${answer.status} ${answer.body}`).toContain(
      answer.status,
    );
  }
}, 120_000);

const SPAN = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), name: 'x' };
const nowNs = () => `${Date.now()}000000`;
const nested = (depth: number, open: string, close: string) => `${open.repeat(depth)}1${close.repeat(depth)}`;
const traces = (span: string) => `{"resourceSpans":[{"resource":{},"scopeSpans":[{"spans":[${span}]}]}]}`;
const spanWith = (key: string, value: string) =>
  traces(
    `${JSON.stringify({ ...SPAN, startTimeUnixNano: nowNs(), endTimeUnixNano: nowNs() }).slice(0, -1)},"${key}":${value}}`,
  );
const attribute = (value: string) => spanWith('attributes', `[{"key":"k","value":${value}}]`);
const metric = (point: string, kind = 'gauge') =>
  `{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"m","${kind}":{"aggregationTemporality":2,"dataPoints":[${point}]}}]}]}]}`;
const pointWith = (key: string, value: string, kind?: string) =>
  metric(`{"timeUnixNano":"${nowNs()}","${key}":${value}}`, kind);

const VALUES = [
  'null',
  'true',
  '[]',
  '{}',
  '[[]]',
  '""',
  '"x"',
  '-1',
  '1e999',
  '-1e999',
  '1e-400',
  '0.5',
  '99999999999999999999999999',
  '"99999999999999999999999999"',
  '"NaN"',
  '"-0"',
  '"0x10"',
  '"\\u0000"',
  '"\\ud800"',
  '{"__proto__":1}',
];
const SPAN_KEYS = [
  'traceId',
  'spanId',
  'parentSpanId',
  'name',
  'kind',
  'startTimeUnixNano',
  'endTimeUnixNano',
  'attributes',
  'events',
  'links',
  'status',
];
const POINT_KEYS = [
  'timeUnixNano',
  'startTimeUnixNano',
  'asInt',
  'asDouble',
  'attributes',
  'flags',
  'count',
  'sum',
  'bucketCounts',
  'explicitBounds',
  'scale',
  'zeroCount',
  'positive',
  'negative',
  'exemplars',
];
const KINDS = ['gauge', 'sum', 'histogram', 'exponentialHistogram', 'summary'];
const ENVELOPE = ['resourceSpans', 'scopeSpans', 'spans', 'resource', 'scope'];

test('JSON of wrong types in every place, and of any number, is answered 200 or 400', async () => {
  const bodies = [
    ...SPAN_KEYS.flatMap((key) => VALUES.map((value) => ['traces', spanWith(key, value)])),
    ...VALUES.map((value) => ['traces', attribute(value)]),
    ...[
      'stringValue',
      'intValue',
      'doubleValue',
      'boolValue',
      'bytesValue',
      'arrayValue',
      'kvlistValue',
    ].flatMap((kind) => VALUES.map((value) => ['traces', attribute(`{"${kind}":${value}}`)])),
    ...POINT_KEYS.flatMap((key) =>
      VALUES.flatMap((value) => KINDS.map((kind) => ['metrics', pointWith(key, value, kind)])),
    ),
    ...VALUES.flatMap((value) =>
      ENVELOPE.map((key) => [
        'traces',
        traces('{}').replace(new RegExp(`"${key}":(\\{\\}|\\[)`), `"${key}":${value},"x":$1`),
      ]),
    ),
    ...VALUES.flatMap((value) =>
      ['body', 'severityNumber', 'timeUnixNano', 'traceId', 'attributes'].map((key) => [
        'logs',
        `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"${key}":${value}}]}]}]}`,
      ]),
    ),
  ];
  const wrong: string[] = [];
  for (let from = 0; from < bodies.length; from += 20) {
    await Promise.all(
      bodies.slice(from, from + 20).map(async ([signal = '', body = '']) => {
        const { status } = await post(signal, body);
        if (status !== 200 && status !== 400) wrong.push(`${status} ${signal} ${body}`);
      }),
    );
  }
  expect(wrong).toEqual([]);
}, 120_000);

test('deep nesting and duplicate keys are answered 200 or 400', async () => {
  const bodies = [
    attribute(nested(50_000, '{"arrayValue":{"values":[', ']}}')),
    attribute(nested(20_000, '{"kvlistValue":{"values":[{"key":"k","value":', '}]}}')),
    nested(200_000, '[', ']'),
    nested(200_000, '{"a":', '}'),
    traces(`{"traceId":"${'a'.repeat(32)}","traceId":5,"spanId":null,"spanId":"${'b'.repeat(16)}"}`),
    traces('{}').replace('"resource"', '"resource":{"attributes":1},"resource"'),
    `{"resourceSpans":[],"resourceSpans":{}}`,
  ];
  for (const body of bodies)
    expect([200, 400], body.slice(0, 80)).toContain((await post('traces', body)).status);
});

/** Sends raw bytes as a gRPC call; gives its grpc-status, or how the stream ended. */
function call(body: Buffer, headers: Record<string, string> = {}): Promise<string> {
  const session = connect(`http://127.0.0.1:${rig.grpcPort}`);
  const ended = Promise.withResolvers<string>();
  session.on('error', () => ended.resolve('session'));
  const stream = session.request({
    ':method': 'POST',
    ':path': '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
    ...{ 'content-type': 'application/grpc', te: 'trailers', 'x-api-key': rig.key, ...headers },
  });
  let status = 'none';
  const note = (found: Record<string, unknown>) => {
    if (found['grpc-status'] !== undefined) status = String(found['grpc-status']);
  };
  stream
    .on('response', note)
    .on('trailers', note)
    .on('error', () => {});
  stream.on('close', () => ended.resolve(status)).resume();
  stream.end(body);
  return ended.promise.finally(() => session.destroy());
}

const frame = (message: Buffer, flag = 0, length = message.length) => {
  const head = Buffer.alloc(5);
  head[0] = flag;
  head.writeUInt32BE(length, 1);
  return Buffer.concat([head, message]);
};

test('bad gRPC frames end with a status of their own, never with one that says it was stored', async () => {
  const random = randomOf(SEED);
  const good =
    CAPTURES.find(({ signal, type }) => signal === 'traces' && type.endsWith('protobuf'))?.body ??
    Buffer.alloc(0);
  const broken = [
    Buffer.alloc(0),
    Buffer.from([0, 0]),
    frame(good, 0, good.length + 1),
    frame(good, 0, 0xffffffff),
    frame(Buffer.from([0, 1])),
    Buffer.concat([frame(good), frame(good), frame(good)]),
  ];
  const answers = await Promise.all(broken.map((body) => call(body)));
  expect(answers).not.toContain('0');
  // The library is generous here; whatever it says must be said.
  answers.push(await call(frame(good, 1)), await call(frame(good, 7)));
  answers.push(await call(frame(good, 1), { 'grpc-encoding': 'gzip' }));
  answers.push(await call(frame(good), { 'grpc-encoding': 'br' }));
  for (let i = 0; i < 60; i++) answers.push(await call(frame(mutate(good, random))));
  expect(answers.filter((answer) => answer === 'none' || answer === 'session')).toEqual([]);
  expect(await call(frame(good))).toBe('0');
}, 120_000);

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Client, compressionAlgorithms, credentials, Metadata, status } from '@grpc/grpc-js';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { composeIngest } from '#lib/compose/ingest.ts';
import { makeConfig } from '#lib/config/config.ts';
import { createLog } from '#lib/kernel/log.ts';
import { makeApiKey, makeTeam } from '#lib/testing/factories.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { decodeOtlp, encodeOtlp } from '#tests/captures/otlp-schema.ts';
import { createGrpcDoor } from './grpc.ts';
import { createHttpDoor } from './http.ts';
import { createIngestMetrics } from './metrics.ts';

const GOLDEN = join(import.meta.dirname, '..', 'tests', 'captures', 'golden');
const PARTS = {
  traces: { type: 'Traces', service: 'trace.v1.TraceService' },
  metrics: { type: 'Metrics', service: 'metrics.v1.MetricsService' },
  logs: { type: 'Logs', service: 'logs.v1.LogsService' },
} as const;
type Signal = keyof typeof PARTS;

/** An address of this host that counts as a proxy of ours. */
const PROXY = '127.0.0.2';

let world: World;
let dataDir: string;
let system: Awaited<ReturnType<typeof composeIngest>>;
let otlpUrl: string;
let grpc: Client;

beforeAll(async () => {
  world = await createWorld();
  dataDir = mkdtempSync(join(tmpdir(), 'pitwall-doors-'));
  const log = createLog('test', 'silent');
  const config = makeConfig({
    DATABASE_URL: world.appUrl,
    REDIS_URL: world.redisUrl,
    DATA_DIR: dataDir,
    TRUSTED_PROXIES: PROXY,
  });
  const metrics = createIngestMetrics();
  system = await composeIngest(config, metrics.meter, log);
  const common = { ...system, log, onAnswer: metrics.answered };
  const http = createHttpDoor({ ...common, limits: system.bodyLimits, answerGet: async () => false });
  const grpcDoor = createGrpcDoor({ ...common, maxMessageBytes: config.ingest.maxDecompressedBytes });
  system.lifecycle.add(http);
  system.lifecycle.add(grpcDoor);
  otlpUrl = `http://127.0.0.1:${await http.listen(0, '127.0.0.1')}`;
  grpc = new Client(`127.0.0.1:${await grpcDoor.listen(0, '127.0.0.1')}`, credentials.createInsecure(), {
    'grpc.default_compression_algorithm': compressionAlgorithms.gzip,
  });
});
afterAll(async () => {
  grpc.close();
  await system.lifecycle.stop();
  await world.close();
  rmSync(dataDir, { recursive: true, force: true });
});

type Content = Record<string, unknown>;

/** Moves all times and writes ids as bytes (for protobuf) or hexadecimal digits (for JSON). */
function rewritten(value: unknown, shiftNs: bigint, hexIds: boolean, key = ''): unknown {
  if (/timeUnixNano$/i.test(key) && value !== '0') return String(BigInt(String(value)) + shiftNs);
  if (/^(trace|span|parentSpan)Id$/.test(key)) {
    const bytes = typeof value === 'string' ? Buffer.from(value, 'hex') : Buffer.from(value as number[]);
    return hexIds ? bytes.toString('hex') : bytes;
  }
  if (Array.isArray(value)) return value.map((part) => rewritten(part, shiftNs, hexIds));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [name, rewritten(part, shiftNs, hexIds, name)]),
  );
}

/** All payloads of a real sender, as objects, with the time of the capture moved to now so that it never is too old. */
function capture(sender: string, hexIds: boolean): { signal: Signal; content: Content }[] {
  const folder = join(GOLDEN, sender);
  const { capturedAtMs } = JSON.parse(readFileSync(join(folder, 'capture.json'), 'utf8'));
  const shiftNs = BigInt(startedAtMs - capturedAtMs) * 1_000_000n;
  const payloads = readdirSync(folder).filter((file) => /^(traces|metrics|logs)-/.test(file));
  return payloads.map((file) => {
    const signal = file.split('-')[0] as Signal;
    const bytes = readFileSync(join(folder, file));
    const sent = file.endsWith('.pb') ? decodeOtlp(PARTS[signal].type, bytes) : JSON.parse(bytes.toString());
    return { signal, content: rewritten(sent, shiftNs, hexIds) as Content };
  });
}
const startedAtMs = Date.now();

type Send = (key: string, signal: Signal, content: Content) => Promise<void>;

const post = async (signal: Signal, body: Uint8Array, headers: Record<string, string>) => {
  const answer = await fetch(`${otlpUrl}/v1/${signal}`, { method: 'POST', body: body as BodyInit, headers });
  expect([answer.status, (await answer.text()).replace('{}', '')]).toEqual([200, '']);
};

const viaProtobuf: Send = (key, signal, content) =>
  post(signal, encodeOtlp(PARTS[signal].type, content), {
    'content-type': 'application/x-protobuf',
    authorization: `Bearer ${key}`,
  });
const viaZippedJson: Send = (key, signal, content) =>
  post(signal, gzipSync(JSON.stringify(content)), {
    'content-type': 'application/json',
    'content-encoding': 'gzip',
    'x-api-key': key,
  });
const viaGrpc: Send = (key, signal, content) => {
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${key}`);
  const same = (bytes: Buffer): Buffer => bytes;
  const path = `/opentelemetry.proto.collector.${PARTS[signal].service}/Export`;
  const body = Buffer.from(encodeOtlp(PARTS[signal].type, content));
  return new Promise((resolve, reject) => {
    grpc.makeUnaryRequest<Buffer, Buffer>(path, same, same, body, metadata, (error) =>
      error === null ? resolve() : reject(error),
    );
  });
};

/** Sends a whole capture to a team of its own, and reads back what came of it. */
async function storedAfter(sender: string, send: Send, hexIds: boolean) {
  const { id } = await makeTeam(world);
  const { key } = await makeApiKey(world, id, ['ingest']);
  for (const { signal, content } of capture(sender, hexIds)) await send(key, signal, content);
  const spans = await world.sql`
    select a.name as agent, s.name, operation, provider, request_model, input_tokens, output_tokens, cost_priced,
           is_agent_run, is_error, start_ns, end_ns, attributes
    from spans s join agents a on a.id = s.agent_id where s.team_id = ${id} order by s.trace_id, s.span_id`;
  const series = await world.sql`
    select metric, unit, kind, attributes from series where team_id = ${id} and scope = 'stream' order by identity_hash`;
  const [logs] = await world.sql`select count(*)::int as records from logs where team_id = ${id}`;
  return { spans, metrics: series.map(({ metric }) => metric).sort(), logs };
}

test.each(readdirSync(GOLDEN))(
  'what %s sends is stored alike over HTTP with protobuf, HTTP with zipped JSON, and gRPC',
  async (sender) => {
    const byProtobuf = await storedAfter(sender, viaProtobuf, false);
    expect(byProtobuf.spans.length).toBeGreaterThan(0);
    expect(await storedAfter(sender, viaZippedJson, true)).toEqual(byProtobuf);
    expect(await storedAfter(sender, viaGrpc, false)).toEqual(byProtobuf);
  },
);

/** A key that may be used from a range only. */
async function rangedKey(range: string): Promise<string> {
  const { id, key } = await makeApiKey(world, (await makeTeam(world)).id, ['ingest']);
  await world.sql`update api_keys set allowed_ranges = array[${range}] where id = ${id}`;
  return key;
}

/** The status of an empty export from one of this host's addresses, which claims to speak for another. */
function statusFrom(localAddress: string, key: string, forwardedFor: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const headers = {
      'content-type': 'application/json',
      authorization: `Bearer ${key}`,
      'x-forwarded-for': forwardedFor,
    };
    request(`${otlpUrl}/v1/traces`, { method: 'POST', localAddress, headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    })
      .on('error', reject)
      .end('{}');
  });
}

test('security P3, U7: the ranges of a key hold for OTLP/HTTP, and only a proxy of ours speaks for others', async () => {
  const [here, elsewhere] = [await rangedKey('127.0.0.1'), await rangedKey('203.0.113.0/24')];
  const statuses = [
    await statusFrom('127.0.0.1', here, '203.0.113.9'),
    await statusFrom('127.0.0.1', elsewhere, '203.0.113.9'),
    await statusFrom(PROXY, elsewhere, '192.0.2.1, 203.0.113.9'),
    await statusFrom(PROXY, elsewhere, '203.0.113.9, 192.0.2.1'),
    await statusFrom(PROXY, here, '203.0.113.9'),
  ];
  expect(statuses).toEqual([200, 403, 200, 403, 403]);
  const noted = () => world.sql<{ ip: string }[]>`
    select ip from audit_log where action = 'api-key.use' and outcome = 'denied' order by ip`;
  await vi.waitFor(async () =>
    expect((await noted()).map(({ ip }) => ip)).toEqual(['127.0.0.1', '203.0.113.9']),
  );
});

test('security P3: the ranges of a key hold for OTLP/gRPC', async () => {
  await viaGrpc(await rangedKey('127.0.0.0/8'), 'traces', {});
  const refused = viaGrpc(await rangedKey('203.0.113.0/24'), 'traces', {});
  await expect(refused).rejects.toMatchObject({ code: status.PERMISSION_DENIED });
});

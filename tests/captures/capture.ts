import { spawn } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/**
 * Captures what a real sender puts on the wire: `node tests/captures/capture.ts <sender>` runs
 * `senders/<sender>/run.mjs` against a local catcher and writes the payloads to `golden/<sender>`.
 */
const sender = process.argv[2] ?? '';
const here = import.meta.dirname;
const target = join(here, 'golden', sender);
const payloads: { name: string; body: Buffer }[] = [];

async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  return request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
}

const catcher = createServer(async (request, response) => {
  const signal = request.url?.split('/').at(-1) ?? 'unknown';
  const isJson = request.headers['content-type']?.includes('json') === true;
  const body = await read(request);
  const number = payloads.filter(({ name }) => name.startsWith(signal)).length + 1;
  payloads.push({ name: `${signal}-${String(number).padStart(2, '0')}.${isJson ? 'json' : 'pb'}`, body });
  response.setHeader('content-type', isJson ? 'application/json' : 'application/x-protobuf');
  response.end(isJson ? '{}' : '');
});

await new Promise<void>((resolve) => catcher.listen(0, '127.0.0.1', resolve));
const address = catcher.address();
const port = typeof address === 'object' && address !== null ? address.port : 0;
const child = spawn(process.execPath, ['--stack-trace-limit=0', 'run.mjs'], {
  cwd: join(here, 'senders', sender),
  env: {
    ...process.env,
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
    OTEL_NODE_RESOURCE_DETECTORS: 'env',
    OTEL_METRICS_EXPORTER: 'otlp',
    OTEL_LOGS_EXPORTER: 'none',
    OTEL_METRIC_EXPORT_INTERVAL: '3600000',
    OTEL_RESOURCE_ATTRIBUTES:
      'service.name=trip-service,service.namespace=travel,service.version=1.4.0,service.instance.id=trip-1,deployment.environment.name=staging',
  },
  stdio: 'inherit',
});
const code = await new Promise((resolve) => child.on('close', resolve));
catcher.close();
if (code !== 0 || payloads.length === 0) {
  throw new Error(`${sender} ended with ${code} and sent ${payloads.length} payloads`);
}
await rm(target, { recursive: true, force: true });
await mkdir(target, { recursive: true });
for (const { name, body } of payloads) await writeFile(join(target, name), body);
await writeFile(join(target, 'capture.json'), `${JSON.stringify({ sender, capturedAtMs: Date.now() })}\n`);
console.log(`${sender}: ${payloads.map(({ name, body }) => `${name} ${body.length} bytes`).join(', ')}`);

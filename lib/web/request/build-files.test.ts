import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request as open } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compressFiles } from '../../../scripts/bootstrap/compress.mjs';
import { buildFiles } from './build-files.ts';

const SCRIPT = 'console.log("a script of the build");'.repeat(50);
const folder = mkdtempSync(join(tmpdir(), 'pitwall-build-'));
const server = createServer();
let port: number;

beforeAll(async () => {
  writeFileSync(join(folder, 'a.js'), SCRIPT);
  writeFileSync(join(folder, 'font.woff2'), 'font');
  await compressFiles(folder);
  const send = buildFiles(folder, true);
  server.on('request', (request, response) => {
    if (!send(request, response)) response.writeHead(404).end(request.url);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ({ port } = server.address() as AddressInfo);
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

/** Bytes as they come, not as `fetch` would unpack them. */
async function ask(path: string, headers: Record<string, string> = {}, method = 'GET') {
  const sent = open({ host: '127.0.0.1', port, path, method, headers }).end();
  const [answer] = await once(sent, 'response');
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk);
  return { status: answer.statusCode, headers: answer.headers, body: Buffer.concat(chunks) };
}

test('a script goes out in the best compression that the browser takes, to be kept for a year (performance P6)', async () => {
  const best = await ask('/_next/static/a.js', { 'accept-encoding': 'gzip, deflate, br, zstd' });
  expect(best.headers).toMatchObject({
    ...{ 'content-encoding': 'br', 'content-length': String(best.body.length), vary: 'Accept-Encoding' },
    ...{ 'content-type': 'text/javascript', 'cache-control': 'public,max-age=31536000,immutable' },
  });
  expect(brotliDecompressSync(best.body).toString()).toBe(SCRIPT);
  const gzipped = await ask('/_next/static/a.js', { 'accept-encoding': 'gzip' });
  expect(gunzipSync(gzipped.body).toString()).toBe(SCRIPT);
  expect((await ask('/_next/static/a.js')).body.toString()).toBe(SCRIPT);
  expect((await ask('/_next/static/font.woff2', { 'accept-encoding': 'br' })).body.toString()).toBe('font');
});

test('a file says what it is and whose, and nothing that only concerns pages', async () => {
  const { headers } = await ask('/_next/static/a.js');
  expect(headers).toMatchObject({
    ...{ 'x-content-type-options': 'nosniff', 'cross-origin-resource-policy': 'same-origin' },
    'strict-transport-security': expect.stringContaining('max-age='),
  });
  expect(headers).not.toHaveProperty('content-security-policy');
});

test('what is no file of the build is left as it came, whatever it tries', async () => {
  for (const path of [
    '/_next/static/b.js',
    '/_next/static/../a.js',
    '/_next/static/%2e%2e/%2e%2e/etc/passwd',
    '/_next/static/__proto__',
    '/_next/static/%',
    '/_next/static/',
    '/a.js',
  ]) {
    const answer = await ask(path);
    expect([answer.status, answer.body.toString()], path).toEqual([404, path]);
  }
  expect((await ask('/_next/static/a.js', {}, 'POST')).status).toBe(404);
});

test('a range is no part of a script, and one that ends before it begins no failure', async () => {
  for (const range of ['bytes=5-2', 'bytes=-1', 'bytes=0-4', 'x'])
    expect((await ask('/_next/static/a.js', { range })).body.toString(), range).toBe(SCRIPT);
});

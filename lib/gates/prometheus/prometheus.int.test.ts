import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { OutboundClient } from '#lib/outbound/client.ts';
import { debianPackages } from '#lib/testing/debian-package.ts';
import { LOOPBACK } from '#lib/testing/outbound-policy.ts';
import { type Answer, type Receiver, startReceiver } from '#lib/testing/receiver.ts';
import { askPrometheus, prometheusClient } from './ask-prometheus.ts';

const values = { agent: 'planner', environment: 'prod', namespace: '', version: '1.5.0', baseline: '1.4.0' };
const to = Date.now();
const template = {
  ...{ name: 'errors', query: 'errors{version="{{version}}"}', stepSeconds: null },
  passes: { operator: '<' as const, value: 0.05 },
};
const asked = { template, values, from: to - 600_000, to };

let standIn: Receiver;
let client: OutboundClient;
beforeAll(async () => {
  standIn = await startReceiver();
  client = prometheusClient(LOOPBACK);
});
afterAll(async () => {
  await client.close();
  await standIn.close();
});

const json = (data: object): Answer => ({ status: 200, body: JSON.stringify({ status: 'success', data }) });
const vector = (...numbers: string[]) =>
  json({ resultType: 'vector', result: numbers.map((value) => ({ metric: {}, value: [1, value] })) });
const matrix = (...series: string[][]) =>
  json({
    resultType: 'matrix',
    result: series.map((row) => ({ metric: {}, values: row.map((value, i) => [i, value]) })),
  });

async function outcomeOf(answer: Answer) {
  standIn.answer(answer);
  return askPrometheus(client, { url: standIn.url, authorization: null }, asked);
}

test.each([
  ['one point that is fine', vector('0.01'), { kind: 'pass', worst: 0.01 }],
  ['one point that is not', vector('0.2'), { kind: 'fail', worst: 0.2 }],
  ['a scalar', json({ resultType: 'scalar', result: [1, '0'] }), { kind: 'pass', worst: 0 }],
])('an answer with %s is read', async (_, answer, outcome) => {
  expect(await outcomeOf(answer)).toMatchObject(outcome);
});

test.each([
  ['of one series', matrix(['0.01', '0.2', '0.01'])],
  ['of several series', matrix(['0.01', '0.01'], ['0.01', '0.2'])],
  ['of a vector', vector('0.01', '0.2')],
])(
  'deployment S-98: a point %s that does not pass fails all of it, wherever it stands',
  async (_, answer) => {
    expect(await outcomeOf(answer)).toMatchObject({ kind: 'fail', worst: 0.2 });
  },
);

test.each([
  ['an empty vector', vector()],
  ['an empty range', matrix()],
  ['a series without a point', matrix([])],
  ['NaN', vector('NaN')],
  ['+Inf', vector('0.01', '+Inf')],
  ['-Inf in a range', matrix(['0.01', '-Inf'])],
])('deployment S-97: %s is no data', async (_, answer) => {
  expect(await outcomeOf(answer)).toMatchObject({ kind: 'no_data' });
});

test.each<[string, Answer]>([
  [
    'a refused query',
    { status: 400, body: '{"status":"error","errorType":"bad_data","error":"parse error"}' },
  ],
  ['a broken gateway', { status: 502, body: '<html>Bad gateway</html>' }],
  ['a page instead of an answer', { status: 200, body: '<html>Sign in</html>' }],
  ['a redirect', { status: 302, headers: { location: 'http://169.254.169.254/' } }],
  ['an answer of another form', json({ resultType: 'vector', result: [{ value: ['x'] }] })],
  ['a reset', 'reset'],
  ['half an answer', 'reset-mid-body'],
  ['an answer without end', { status: 200, body: 'x'.repeat(2 * 1024 * 1024) }],
])('deployment S-97: %s is an error, never an answer', async (_, answer) => {
  const outcome = await outcomeOf(answer);
  expect(outcome).toMatchObject({ kind: 'error' });
});

test('deployment S-97: silence is an error, in time', async () => {
  standIn.answer('hang');
  const impatient = prometheusClient(LOOPBACK, 200);
  const outcome = await askPrometheus(impatient, { url: standIn.url, authorization: null }, asked);
  await impatient.close();
  expect(outcome).toEqual({ kind: 'error', reason: 'The address did not answer in time.' });
});

test('deployment S-100: a server inside the network is not asked unless an admin opened it', async () => {
  const before = standIn.received.length;
  const guarded = prometheusClient({ ranges: [], ports: LOOPBACK.ports });
  const outcome = await askPrometheus(guarded, { url: standIn.url, authorization: 'Bearer x' }, asked);
  await guarded.close();
  expect(outcome).toMatchObject({ kind: 'error', reason: expect.stringContaining('inside the network') });
  expect(standIn.received).toHaveLength(before);
});

test('a server is asked with its header, for a moment or for a range of at most a thousand points', async () => {
  standIn.answer(vector('0'));
  const at = { ...asked, from: to - 3_600_000 };
  const server = { url: `${standIn.url}/prometheus/`, authorization: 'Bearer abc' };
  await askPrometheus(client, server, at);
  await askPrometheus(client, server, { ...at, template: { ...template, stepSeconds: 1 } });
  const [instant, range] = standIn.received.slice(-2);
  expect(instant).toMatchObject({
    path: expect.stringMatching(/\/prometheus\/api\/v1\/query$/),
    headers: { authorization: 'Bearer abc' },
  });
  expect(new URLSearchParams(instant?.body).get('query')).toBe('errors{version="1.5.0"}');
  expect(range?.path).toMatch(/\/prometheus\/api\/v1\/query_range$/);
  expect(new URLSearchParams(range?.body).get('step')).toBe('4');
});

/** A real Prometheus that scrapes two series with an odd version from a page of ours. */
async function startPrometheus(
  root: string,
  version: string,
): Promise<{ url: string; stop(): Promise<void> }> {
  const page = createServer((_, response) => {
    response.setHeader('content-type', 'text/plain; version=0.0.4');
    const label = version.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
    response.end(`errors{version="${label}"} 0.2\nerrors{version="other"} 0.01\nbroken NaN\n`);
  });
  await once(page.listen(0, '127.0.0.1'), 'listening');
  const folder = mkdtempSync(join(tmpdir(), 'pitwall-prometheus-'));
  const target = `127.0.0.1:${(page.address() as AddressInfo).port}`;
  const config = join(folder, 'prometheus.yml');
  writeFileSync(
    config,
    `global: {scrape_interval: 1s}\nscrape_configs: [{job_name: t, static_configs: [{targets: ['${target}']}]}]`,
  );
  const args = [
    `--config.file=${config}`,
    `--storage.tsdb.path=${folder}/data`,
    '--web.listen-address=127.0.0.1:0',
  ];
  const child: ChildProcess = spawn(join(root, 'usr/bin/prometheus'), args, {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const port = await new Promise<string>((resolve, reject) => {
    let said = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      const found = /address=127\.0\.0\.1:([1-9]\d*)/.exec(said)?.[1];
      if (found !== undefined) resolve(found);
    });
    child.once('exit', () => reject(new Error(`Prometheus ended: ${said.slice(-2000)}`)));
  });
  return {
    url: `http://127.0.0.1:${port}`,
    stop: async () => {
      if (child.exitCode === null) {
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
      page.close();
      page.closeAllConnections();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

test('deployment S-100: a real Prometheus finds just the series of a version, whatever its name holds', {
  timeout: 60_000,
}, async ({ skip }) => {
  const root = debianPackages(['prometheus']) ?? skip('not run: Debian gave no prometheus');
  const version = '1.5.0"} or vector(0) # .*\\d';
  const { url, stop } = await startPrometheus(root, version);
  try {
    const server = { url, authorization: null };
    const ask = (query: string, given: string, stepSeconds: number | null = null) =>
      askPrometheus(client, server, {
        template: { ...template, query, stepSeconds },
        values: { ...values, version: given },
        ...{ from: Date.now() - 30_000, to: Date.now() },
      });
    let scraped = await ask('errors{version="{{version}}"}', version);
    // It scrapes once a second.
    while (scraped.kind !== 'fail') {
      await new Promise((resolve) => setTimeout(resolve, 100));
      scraped = await ask('errors{version="{{version}}"}', version);
    }
    expect(scraped).toMatchObject({ worst: 0.2, points: 1 });
    expect(await ask("errors{version=~'{{version}}'}", version)).toMatchObject({ kind: 'fail', points: 1 });
    expect(await ask('errors{version=~"{{version}}"}', '.*')).toMatchObject({ kind: 'no_data' });
    expect(await ask('errors{version="{{version}}"}', 'other', 1)).toMatchObject({ kind: 'pass' });
    expect(await ask('broken', version)).toMatchObject({ kind: 'no_data' });
    expect(await ask('rate(errors{version="{{version}}"}[{{window}}])', 'gone')).toMatchObject({
      kind: 'no_data',
    });
    expect(await ask('errors{', version)).toMatchObject({
      kind: 'error',
      reason: expect.stringContaining('refused the query'),
    });
  } finally {
    await stop();
  }
});

import { request } from 'node:http';
import { expect, test } from '@playwright/test';
import { computeLegacyCacheBustingSearchParam } from 'next/dist/shared/lib/router/utils/cache-busting-search-param.js';
import { WebSocket } from 'ws';
import { actionDoors } from '../fuzz/action-doors.ts';
import { People } from '../fuzz/people.ts';
import { plantSecrets } from '../fuzz/plant-secrets.ts';
import { startFuzzed } from '../fuzz/product.ts';
import type { OpenApi } from '../fuzz/rest-doors.ts';
import { runFuzz } from '../fuzz/run-fuzz.ts';
import type { Kind } from '../fuzz/shot.ts';
import { actionsOfTree, pageAddresses } from '../fuzz/tree-doors.ts';
import { Witness } from '../fuzz/witness.ts';

/**
 * The same seed makes the same requests, so that a run here says the same as the last one: other seeds are for `npm
 * run bench -- fuzz`, or for `FUZZ_SEED=7 npx playwright test -c tests/e2e --no-deps fuzz`.
 */
const SEED = Number(process.env.FUZZ_SEED ?? 1);
const REQUESTS = Number(process.env.FUZZ_REQUESTS ?? 1500);
/** Kinds of which every door must let something through in the short run too. */
const WHOLE: readonly Kind[] = ['scim', 'alertmanager'];
/** Of what they are asked at least so much is right, or the code behind their doors is not fuzzed. */
const LEAST_SHARE = 0.4;
/** It ends after so long, on however slow a machine. */
const SECONDS = Number(process.env.FUZZ_SECONDS ?? 120);

let product: Awaited<ReturnType<typeof startFuzzed>>;
test.beforeAll(async () => {
  test.setTimeout(240_000);
  product = await startFuzzed();
});
test.afterAll(async () => {
  await product?.stack.stop();
});

const NO_RSC: readonly Record<string, string>[] = [{}];
const RSC: readonly Record<string, string>[] = [{}, { rsc: '1' }];

/** What a live socket is told when it asks for everything. */
async function framesFor(cookie: string, origin: string, teamId: string, agentId: string): Promise<string[]> {
  const { stack } = product;
  const answer = await fetch(`${stack.url}/api/live-token`, {
    method: 'POST',
    headers: { cookie, origin, 'content-type': 'application/json' },
    body: JSON.stringify({ teamId }),
  });
  const { token } = (await answer.json()) as { token: string };
  const url = `ws://127.0.0.1:${stack.realtimePort}/socket.io/?EIO=4&transport=websocket`;
  const socket = new WebSocket(url, { origin });
  const frames: string[] = [];
  const answered = Promise.withResolvers<void>();
  socket.on('message', (data) => {
    frames.push(String(data));
    if (frames.filter((frame) => frame.startsWith('43')).length === 3) answered.resolve();
    if (String(data).startsWith('0{')) socket.send(`40${JSON.stringify({ token })}`);
    if (String(data).startsWith('40'))
      for (const [id, view] of ['fleet', 'events', 'agent'].entries())
        socket.send(
          `42${id}${JSON.stringify(['subscribe', view === 'agent' ? { view, agentId } : { view }])}`,
        );
  });
  socket.on('error', answered.reject);
  await answered.promise;
  socket.terminate();
  return frames;
}

test('security U10, Z9: no secret of the start, the installation or a team comes out on any page, route, socket or log', async () => {
  test.setTimeout(180_000);
  const { stack, secrets } = product;
  const people = await People.open(stack.setting('DATABASE_OWNER_URL'), stack.url);
  try {
    const knockers = await people.letIn();
    const [viewer, admin] = ['viewer', 'admin'].map((name) => knockers.find((one) => one.name === name));
    if (!viewer || !admin) throw new Error('nobody was let in');
    const planted = await plantSecrets(stack.url, admin);
    const tokens = knockers.flatMap(({ name, headers }) =>
      Object.entries(headers)
        .filter(([header, value]) => /cookie|authorization/.test(header) && !value.includes('%'))
        .map(([, value]) => [`${name} credential`, value.replace(/^.*[= ]/, '')] as const),
    );
    const witness = new Witness(new Map([...secrets, ...planted.secrets, ...tokens]));
    const document = (await (await fetch(`${stack.url}/api/v1/openapi.json`)).json()) as OpenApi;
    const reads = Object.entries(document.paths)
      .filter(([, item]) => item.get)
      .map(([path]) => `/api/v1${path.replace(/\{\w+\}/g, planted.agentId)}`);
    const pages = pageAddresses(planted.agentId);
    expect(pages.length).toBeGreaterThan(20);
    const others = [
      '/api/config',
      '/api/v1/openapi.json',
      '/healthz',
      '/readyz',
      '/metrics',
      '/.env',
      '/api/auth/session',
    ];
    for (const { name, headers } of [viewer, admin])
      for (const path of [...pages, ...reads, ...others])
        for (const rsc of path.startsWith('/api/') ? NO_RSC : RSC) {
          const answer = await fetch(stack.url + path, {
            headers: { ...headers, ...rsc },
            redirect: 'manual',
          });
          const text = await answer.text();
          // A session cookie goes back to the browser that holds it.
          const told =
            text + JSON.stringify([...answer.headers].filter(([header]) => header !== 'set-cookie'));
          witness.answered(`${name} ${path} ${JSON.stringify(rsc)}`, answer.status, told);
          if (/no-store/.test(answer.headers.get('cache-control') ?? '') || path.endsWith('openapi.json'))
            continue;
          witness.note('may be kept by caches', path, String(answer.headers.get('cache-control')));
        }
    for (const { name, headers } of [viewer, admin])
      for (const frame of await framesFor(headers.cookie ?? '', stack.url, people.teamId, planted.agentId))
        witness.seen(`a frame for ${name}`, frame);
    witness.readLog(stack.output.text);
    expect(witness.findings).toEqual([]);
  } finally {
    await people.close();
  }
});

test('security N5, N6: every page has a policy with a nonce of its own and the headers that keep others out', async () => {
  test.setTimeout(120_000);
  const { stack } = product;
  const people = await People.open(stack.setting('DATABASE_OWNER_URL'), stack.url);
  try {
    const admin = (await people.letIn()).find(({ name }) => name === 'admin');
    const nonces = new Set<string>();
    const pages = pageAddresses(people.teamId);
    for (const path of pages) {
      const { headers } = await fetch(stack.url + path, {
        headers: admin?.headers ?? {},
        redirect: 'manual',
      });
      const policy = headers.get('content-security-policy') ?? '';
      nonces.add(/'nonce-([A-Za-z0-9+/=]{24})'/.exec(policy)?.[1] ?? '');
      for (const words of [
        "'strict-dynamic'",
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
      ])
        expect(policy, path).toContain(words);
      expect(Object.fromEntries(headers), path).toMatchObject({
        ...{ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY' },
        ...{ 'referrer-policy': 'same-origin', 'cross-origin-opener-policy': 'same-origin' },
      });
    }
    expect(nonces.size).toBe(pages.length);
  } finally {
    await people.close();
  }
});

test('security N8, N9: an action that is not known is a clean 4xx, and no image is fetched for anybody', async () => {
  const { url } = product.stack;
  const text = 'text/plain;charset=UTF-8';
  const ids = ['0'.repeat(42), 'f'.repeat(40), '__proto__', 'x', '%00', '7'.repeat(5000)];
  for (const id of ids) {
    const headers = { origin: url, 'next-action': id, 'content-type': text };
    const answer = await fetch(`${url}/sign-in`, { method: 'POST', headers, body: '[]' });
    expect([answer.status >= 400 && answer.status < 500, answer.status], id).toEqual([true, answer.status]);
    expect(await answer.text()).not.toMatch(/ at .*\.(js|ts):\d+/);
  }
  for (const source of [
    'http://127.0.0.1:9/a.png',
    'https://example.test/a.svg',
    '/icon.png',
    '//127.0.0.1/a',
  ]) {
    const answer = await fetch(`${url}/_next/image?url=${encodeURIComponent(source)}&w=640&q=75`);
    expect(answer.status, source).toBe(404);
  }
});

test('security N10: a state of the router that cannot be read is a clean 4xx on every page, and one that can is answered', async () => {
  test.setTimeout(60_000);
  const { url } = product.stack;
  const ask = (path: string, state: string) => {
    const search = `_rsc=${computeLegacyCacheBustingSearchParam(undefined, undefined, state, undefined)}`;
    const headers = { rsc: '1', 'next-router-state-tree': state };
    return fetch(`${url}${path}?${search}`, { headers, redirect: 'manual' });
  };
  for (const path of [...pageAddresses('x'), '/nothing-here', '/scim/nothing-here', '/icon.png'])
    for (const state of ['{"__proto__":1', '', '%', '%5B%22%22%5D']) {
      const answer = await ask(path, state);
      expect([answer.status, answer.headers.get('content-type')], `${path} ${state}`).toEqual([
        422,
        'application/problem+json',
      ]);
    }
  const whole = await ask('/sign-in', '["",{},null,"refetch"]');
  expect([whole.status, whole.headers.get('content-type')]).toEqual([200, 'text/x-component']);
});

/** What an address answers that browsers would not send as it is. */
function askRaw(method: string, path: string, headers: Record<string, string>, body = ''): Promise<number> {
  const { port } = new URL(product.stack.url);
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const length = body === '' ? {} : { 'content-length': String(body.length) };
  const sent = request({ host: '127.0.0.1', port, method, path, headers: { ...headers, ...length } });
  sent.on('response', (answer) => resolve(answer.resume().statusCode ?? 0)).on('error', reject);
  sent.on('upgrade', () => reject(new Error('an upgrade was agreed to'))).end(body);
  return promise;
}

test('security N10: a page about what there is not says so, and none of it is an error in the log', async () => {
  test.setTimeout(60_000);
  const { stack } = product;
  const people = await People.open(stack.setting('DATABASE_OWNER_URL'), stack.url);
  const witness = new Witness(new Map());
  witness.readLog(stack.output.text);
  const before = witness.findings.length;
  try {
    const admin = (await people.letIn()).find(({ name }) => name === 'admin');
    for (const path of pageAddresses('nothing'))
      for (const rsc of RSC) {
        const answer = await fetch(stack.url + path, { headers: { ...admin?.headers, ...rsc } });
        const text = await answer.text();
        expect(answer.status, path).toBeLessThan(500);
        if (path.includes('/nothing') && !path.includes('/acknowledge/') && !path.includes('/join/'))
          expect(text, path).toContain('NEXT_HTTP_ERROR_FALLBACK;404');
      }
    await expect.poll(() => stack.output.text.length).toBeGreaterThan(0);
    witness.readLog(stack.output.text);
    expect(witness.findings.slice(before)).toEqual([]);
  } finally {
    await people.close();
  }
});

test('security N10: whoever has to sign in first is led there by a header of no great length', async () => {
  const lead = async (search: string) =>
    (await fetch(`${product.stack.url}/overview?${search}`, { redirect: 'manual' })).headers.get('location');
  expect(await lead('range=1h')).toBe('/sign-in?callbackUrl=%2Foverview%3Frange%3D1h');
  expect(await lead(`q=${'%'.repeat(5000)}`)).toBe('/sign-in?callbackUrl=%2Foverview');
});

test('security N1, N4: what only looks like a door of machines is checked as the page that it leads to', async () => {
  const { url } = product.stack;
  const call = { 'next-action': '0'.repeat(42), 'content-type': 'text/plain;charset=UTF-8' };
  for (const path of ['/api/../sign-in', '/scim/%2e%2e/sign-in', `${url}/sign-in`]) {
    expect(await askRaw('POST', path, { ...call, origin: 'https://evil.example' }, '[]'), path).toBe(403);
    expect(await askRaw('POST', path, { ...call, origin: url }, '["$F1"]'), path).toBe(422);
  }
  const form = { 'content-type': 'multipart/form-data; boundary=x' };
  for (const path of ['/scim/x', '/scim/v2', '/api/x'])
    for (const headers of [call, form]) expect(await askRaw('POST', path, headers, 'x'), path).toBe(404);
});

test('security N2: what a client says of the host that it asks makes no foreign page our own, and leads nowhere', async () => {
  const { stack } = product;
  const { url } = stack;
  const people = await People.open(stack.setting('DATABASE_OWNER_URL'), url);
  const cookie = (await people.letIn()).find(({ name }) => name === 'admin')?.headers.cookie ?? '';
  await people.close();
  const evil = 'evil.example';
  const spoofs: Record<string, string>[] = [
    { 'x-forwarded-host': evil, 'x-forwarded-proto': 'https' },
    { forwarded: `host=${evil};proto=https`, 'x-forwarded-host': evil },
    { host: evil },
  ];
  for (const spoof of spoofs) {
    const call = { ...spoof, 'next-action': '0'.repeat(42), 'content-type': 'text/plain;charset=UTF-8' };
    const json = { ...spoof, cookie, 'content-type': 'application/json' };
    const agent = (origin: string) =>
      askRaw('POST', '/api/v1/agents', { ...json, origin }, `{"name":"n2 ${Math.random()}"}`);
    for (const origin of [`https://${evil}`, `http://${evil}`]) {
      expect(await askRaw('POST', '/sign-in', { ...call, origin }, '[]'), JSON.stringify(spoof)).toBe(403);
      expect(await agent(origin), JSON.stringify(spoof)).toBe(403);
    }
    // From our own page it is what it would have been.
    expect(await askRaw('POST', '/sign-in', { ...call, origin: url }, '[]'), JSON.stringify(spoof)).toBe(409);
    expect(await agent(url), JSON.stringify(spoof)).toBe(201);
    const { host: _, ...headers } = spoof;
    const led = await fetch(`${url}/overview`, { headers, redirect: 'manual' });
    expect(led.headers.get('location'), JSON.stringify(spoof)).toBe('/sign-in?callbackUrl=%2Foverview');
  }
});

test('security N10: odd addresses and methods are a clean 4xx, and no connection is kept for a socket', async () => {
  const { url } = product.stack;
  for (const path of ['*', '/_global-error', '/x/../_global-error'])
    expect(await askRaw('GET', path, {}), path).toBe(404);
  expect(await askRaw('GET', `/overview?q=${'a'.repeat(8000)}`, {})).toBe(413);
  for (const path of ['/overview', '/api/v1/agents', '/nothing-here'])
    expect(await askRaw('TRACE', path, { origin: url }), path).toBe(422);
  const upgrade = { connection: 'Upgrade', upgrade: 'websocket' };
  for (const path of ['/overview', '/_next/webpack-hmr', '/%'])
    await expect(askRaw('GET', path, upgrade), path).rejects.toThrow('socket hang up');
});

test('whatever comes in at any door, nothing fails, ends or tells a secret', async () => {
  test.setTimeout((SECONDS + 60) * 1000);
  const { stack, secrets, logoutToken } = product;
  const witness = new Witness(secrets);
  const options = { seed: SEED, requests: REQUESTS, seconds: SECONDS, witness, logoutToken, whole: WHOLE };
  const report = await runFuzz(stack, () => stack.output.text, options);
  console.log(JSON.stringify(report));
  expect(witness.findings, `seed ${SEED}`).toEqual([]);
  expect(report.sent).toBeGreaterThan(500);
  expect(report.doors.socket).toBeGreaterThan(0);
  // Of each kind some get behind the door.
  for (const kind of ['rest', 'page', 'route', 'scim', 'alertmanager', 'calendar', 'link'] as const)
    expect(report.answers[kind]?.['2xx'], kind).toBeGreaterThan(0);
  expect(report.answers.action?.['2xx done']).toBeGreaterThan(0);
  expect(report.closed, 'doors that nothing came through').toEqual({});
  for (const kind of WHOLE) {
    const share = (report.answers[kind]?.['2xx'] ?? 0) / (report.doors[kind] ?? 1);
    expect(share, `${kind} answered 2xx`).toBeGreaterThan(LEAST_SHARE);
  }
  const names = (await actionDoors()).map(({ name }) => name);
  expect(names.toSorted(), 'actions of the build').toEqual(actionsOfTree());
});

import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { KeyScope } from '#lib/access/permissions.ts';
import { makeAgent, makeApiKey, makeMember, makeTeam } from '#lib/testing/factories.ts';
import { makeAlert } from '#lib/testing/notifications.ts';
import { createWebWorld, type WebWorld } from '#lib/testing/web-world.ts';
import type { Handler } from '#lib/web/route.ts';

const BASE = 'http://localhost:3000/api/v1';
let world: WebWorld;
let teamId: string;
let key: string;
let list: { GET: Handler; POST: Handler };
let one: { GET: Handler; PATCH: Handler; DELETE: Handler };
let start: { POST: Handler };
let metrics: { GET: Handler };

beforeAll(async () => {
  world = await createWebWorld({
    METRICS_TOKEN: 'a-metrics-token-for-tests',
    FEATURE_DEPLOYMENT_AUTOMATION: 'true',
  });
  list = await import('./agents/route.ts');
  one = await import('./agents/[id]/route.ts');
  start = await import('./agents/[id]/start/route.ts');
  metrics = await import('./agents/[id]/metrics/route.ts');
});
beforeEach(async () => {
  teamId = (await makeTeam(world)).id;
  key = await keyWith(['read', 'write']);
});
afterAll(() => world.close());

const keyWith = async (scopes: KeyScope[]) => (await makeApiKey(world, teamId, scopes)).key;

interface Call {
  method?: string;
  id?: string;
  body?: unknown;
  key?: string;
}
async function call(handler: Handler, path: string, { method = 'GET', id, body, key: own = key }: Call = {}) {
  const headers = { authorization: `Bearer ${own}`, 'content-type': 'application/json' };
  const request = new Request(BASE + path, {
    method,
    headers,
    body: body === undefined ? null : JSON.stringify(body),
  });
  const response = await handler(request, { params: Promise.resolve(id === undefined ? {} : { id }) });
  return { status: response.status, type: response.headers.get('content-type'), json: await response.json() };
}

test('an agent is made, listed, changed and deleted with a key', async () => {
  const made = await call(list.POST, '/agents', { method: 'POST', body: { name: 'planner' } });
  const { id } = made.json;
  const changed = await call(one.PATCH, '', { method: 'PATCH', id, body: { description: 'plans' } });
  expect([made.status, changed.status]).toEqual([201, 200]);
  expect((await call(list.GET, '/agents?status=stopped,error&limit=5')).json.items).toMatchObject([{ id }]);
  expect((await call(one.GET, '', { id })).json).toMatchObject({ description: 'plans', name: 'planner' });
  expect((await call(one.DELETE, '', { method: 'DELETE', id })).status).toBe(200);
  expect((await call(one.GET, '', { id })).status).toBe(404);
});

test('security Z4: an agent of another team answers like one that does not exist', async () => {
  const foreign = await makeAgent(world, (await makeTeam(world)).id);
  const unknown = '019a0000-0000-7000-8000-000000000000';
  for (const [handler, method] of [
    [one.GET, 'GET'],
    [metrics.GET, 'GET'],
    [one.DELETE, 'DELETE'],
    [start.POST, 'POST'],
  ] as const) {
    const answers = [];
    for (const id of [foreign.id, unknown]) answers.push(await call(handler, '', { method, id }));
    expect(answers[0]).toEqual(answers[1]);
    expect(answers[0]).toMatchObject({ status: 404, type: 'application/problem+json' });
  }
});

test('security O4: an address inside the network is refused at its field, when it is typed', async () => {
  const body = { name: 'inward', healthUrl: 'http://10.0.0.1/', controlUrl: 'http://169.254.169.254/' };
  const made = await call(list.POST, '/agents', { method: 'POST', body });
  const fields = (json: { errors: { path: string }[] }) => json.errors.map(({ path }) => path);
  expect([made.status, fields(made.json)]).toEqual([422, ['healthUrl', 'controlUrl']]);
  const { id } = await makeAgent(world, teamId, { healthUrl: 'http://10.0.0.1/' });
  const patch = (given: object) => call(one.PATCH, '', { method: 'PATCH', id, body: given });
  expect(await patch({ controlUrl: 'http://[::ffff:192.168.0.1]/' })).toMatchObject({ status: 422 });
  // One that stays as it was is no obstacle to another change; loopback is open in development.
  const allowed = { healthUrl: 'http://10.0.0.1/', controlUrl: 'http://127.0.0.1:9999/control' };
  expect(await patch(allowed)).toMatchObject({ status: 200 });
});

test('security P5: a read key cannot write and an ingest key cannot read', async () => {
  const read = await keyWith(['read']);
  const write = await call(list.POST, '/agents', { method: 'POST', body: { name: 'x' }, key: read });
  const ingest = await call(list.GET, '/agents', { key: await keyWith(['ingest']) });
  expect([write.status, ingest.status]).toEqual([403, 403]);
});

test.each([
  ['/agents?sort=drop', 'sort'],
  ['/agents?limit=0', 'limit'],
  ['/agents?cursor=x', 'cursor'],
  ['/agents?status=asleep', 'status.0'],
  ['/agents?q=%00', 'q'],
  ['/agents?isAdmin=true', ''],
])('security Z14: %s is refused as a problem that names the field', async (path, field) => {
  const { status, json } = await call(list.GET, path);
  expect([status, json.errors[0].path]).toEqual([422, field]);
});

test('odd requests are refused in words: times out of range, repeated parameters, cursors of another list', async () => {
  const lists = {
    '/agents': list.GET,
    '/runs': (await import('./runs/route.ts')).GET,
    '/health-transitions': (await import('./health-transitions/route.ts')).GET,
    '/agents/counts': (await import('./agents/counts/route.ts')).GET,
    '/metrics/query': (await import('./metrics/query/route.ts')).GET,
    '/alerts': (await import('./alerts/route.ts')).GET,
    '/notifications': (await import('./notifications/route.ts')).GET,
  };
  const unknown = '019a0000-0000-7000-8000-000000000000';
  const cursor = (text: string) => Buffer.from(text).toString('base64url');
  const positioned = (...position: unknown[]) => cursor(JSON.stringify(position));
  const ofTransitions = positioned('transitions', '2026-01-01T00:00:00.000Z', unknown);
  const chart = '/metrics/query?measure=requests&';
  for (const path of [
    `/agents?cursor=${ofTransitions}`,
    `/runs?cursor=${ofTransitions}`,
    '/health-transitions?cursor=bm9uZQ',
    ...Object.keys(lists)
      .filter((path) => !/counts|query/.test(path))
      .map((path) => `${path}?cursor=garbage`),
    `/notifications?cursor=${unknown}`,
    `/runs?cursor=${cursor('9999999999999999999.0123456789abcdef')}`,
    `/health-transitions?cursor=${positioned('transitions', '0000-01-01T00:00:00.000Z', unknown)}`,
    `/agents?sort=name&cursor=${positioned('name:asc', 'a\0', unknown)}`,
    `/agents?sort=name&cursor=${positioned('name:asc', 'a\ud800', unknown)}`,
    `/agents?cursor=${cursor(`["attention:asc",1e400,"${unknown}"]`)}`,
    `/alerts?cursor=${positioned('critical', 1e300, unknown)}`,
    '/agents?limit=5&limit=6',
    '/agents?__proto__=1',
    '/runs?from=9000000000000000',
    '/runs?from=1e400',
    '/runs?limit=NaN',
    '/health-transitions?from=9000000000000000',
    '/health-transitions?until=9000000000000000',
    `${chart}from=0&to=9000000000000000`,
    `${chart}from=0&to=1&metric=a%00b`,
    `${chart}from=0&to=1&model=%00`,
    `${chart}from=0&to=1&environment=%00`,
    '/agents/counts?environment=%00',
    `${chart}from=-9000000000000000&to=1`,
  ]) {
    const name = path.split('?')[0] as keyof typeof lists;
    expect([path, (await call(lists[name], path)).status]).toEqual([path, 422]);
  }
  for (const path of ['/runs?from=0&to=253402300799999', `${chart}from=0&to=253402300799999`]) {
    const name = path.split('?')[0] as keyof typeof lists;
    expect([path, (await call(lists[name], path)).status]).toEqual([path, 200]);
  }
});

test('a script orders routes, asks which takes an alert, and what matchers it writes would touch', async () => {
  const routes = await import('./alert-routes/route.ts');
  const ids: string[] = [];
  for (const name of ['all', 'planners']) {
    const matchers = [{ name: 'agent', operator: '=~', value: name === 'all' ? '.+' : 'planner.*' }];
    const body = { name, matchers, position: ids.length };
    ids.push((await call(routes.POST, '/alert-routes', { method: 'POST', body })).json.id);
  }
  const handlers = {
    'alert-routes/order': (await import('./alert-routes/order/route.ts')).POST,
    'alert-routes/which': (await import('./alert-routes/which/route.ts')).POST,
    'alerts/matching': (await import('./alerts/matching/route.ts')).POST,
  };
  const post = (path: keyof typeof handlers, body: object) =>
    call(handlers[path], `/${path}`, { method: 'POST', body });
  const labels = { alertname: 'Slow', agent: 'planner-1' };
  const taking = async () => (await post('alert-routes/which', { labels })).json.items;
  expect(await taking()).toMatchObject([{ id: ids[0], name: 'all' }]);
  const turned = ids.toReversed();
  expect(await post('alert-routes/order', { ids: turned })).toMatchObject({
    status: 200,
    json: { ids: turned },
  });
  expect(await taking()).toEqual([{ id: ids[1], name: 'planners', group: labels }]);
  expect(await post('alert-routes/order', { ids: [ids[0]] })).toMatchObject({ status: 409 });

  await makeAlert(world, teamId, { labels });
  const matchers = [{ name: 'agent', operator: '=~', value: 'planner.*' }];
  expect((await post('alerts/matching', { matchers })).json).toMatchObject({ open: 1, items: [{ labels }] });
  const known = (await import('./alerts/labels/route.ts')).GET;
  expect((await call(known, '/alerts/labels')).json).toMatchObject({ agent: ['planner-1'] });
  const foreign = (await makeApiKey(world, (await makeTeam(world)).id, ['read'])).key;
  expect((await call(known, '/alerts/labels', { key: foreign })).json).toMatchObject({ agent: [] });
});

test.each([
  ['NUL', '\0'],
  ['half of a surrogate pair', '\ud83d'],
])(
  'security N4: what the database cannot hold (%s) is refused at its field, whatever is written',
  async (_, odd) => {
    const text = `odd ${odd} text`;
    const user = await makeMember(world, teamId, 'developer');
    const rotation = {
      participants: [user.id],
      startsAt: '2026-01-05T09:00',
      shift: { unit: 'weeks', length: 1 },
    };
    const schedule = { name: 'Duty', timeZone: 'UTC', rotations: [{ ...rotation, name: text }] };
    const step = { targets: [{ kind: 'user', id: user.id }], delayMinutes: 5 };
    const hook = { kind: 'webhook', settings: { url: 'http://127.0.0.1:9999/', headers: { 'x-odd': text } } };
    const threshold = { type: 'threshold', levels: { warning: 1 } };
    const silence = { startsAt: Date.now(), endsAt: Date.now() + 60_000, comment: 'quiet' };
    const matcher = { name: 'agent', operator: '=', value: text };
    const writes: [path: string, body: object, field: string][] = [
      ['agents', { name: text }, 'name'],
      ['alert-rules', { name: text, definition: threshold }, 'name'],
      [
        'alert-rules',
        { name: 'odd', definition: { ...threshold, annotations: { team: text } } },
        'definition.annotations.team',
      ],
      ['alert-routes', { name: 'odd', groupBy: [text] }, 'groupBy.0'],
      ['escalation-policies', { name: text, steps: [step], repeat: 0 }, 'name'],
      ['notification-channels', { ...hook, name: 'odd' }, 'settings.headers.x-odd'],
      ['schedules', schedule, 'rotations.0.name'],
      ['silences', { ...silence, matchers: [matcher] }, 'matchers.0.value'],
    ];
    for (const [path, body, field] of writes) {
      const { POST } = (await import(`./${path}/route.ts`)) as { POST: Handler };
      const { status, json } = await call(POST, `/${path}`, { method: 'POST', body });
      expect([path, status, json.errors]).toEqual([
        path,
        422,
        [{ path: field, message: expect.stringContaining('cannot be stored') }],
      ]);
    }
  },
);

test('security N4: a body of another type, of another shape or too large is refused', async () => {
  const send = async (body: string, type = 'application/json') => {
    const headers = { authorization: `Bearer ${key}`, 'content-type': type };
    const request = new Request(`${BASE}/agents`, { method: 'POST', headers, body });
    return (await list.POST(request, { params: Promise.resolve({}) })).status;
  };
  expect(await send('{"name":"x"}', 'text/plain')).toBe(422);
  for (const body of [
    '[]',
    'null',
    '"x"',
    '{',
    '{"name":"x"}{}',
    `{"a":${'['.repeat(40)}${']'.repeat(40)}}`,
  ]) {
    expect([body, await send(body)]).toEqual([body, 422]);
  }
  expect(await send(JSON.stringify({ name: 'x'.repeat(300_000) }))).toBe(413);
});

test('security N10: without a key, or with a wrong one, the problem says nothing of the inside', async () => {
  const { status, json } = await call(list.GET, '/agents', { key: 'wrong' });
  expect(status).toBe(401);
  expect(Object.keys(json).toSorted()).toEqual(['detail', 'status', 'title', 'type']);
});

test('security U9: the metrics of the web answer this host or the token, never a name that only leads here', async () => {
  const { GET } = await import('../../metrics/route.ts');
  const ask = async (host: string, from: string, headers: Record<string, string> = {}) =>
    (
      await GET(
        new Request(`http://${host}/metrics`, { headers: { host, 'x-forwarded-for': from, ...headers } }),
      )
    ).status;
  expect(await ask('localhost:3000', '127.0.0.1')).toBe(200);
  expect(await ask('rebound.example', '127.0.0.1')).toBe(401);
  expect(await ask('localhost:3000', '203.0.113.9')).toBe(401);
  expect(
    await ask('pitwall.example', '203.0.113.9', { authorization: 'Bearer a-metrics-token-for-tests' }),
  ).toBe(200);
});

test('a key has 60 requests a minute; then it is told when to come back', async () => {
  const statuses = [];
  for (let i = 0; i < 61; i++) statuses.push((await call(list.GET, '/agents?limit=1')).status);
  expect(statuses.filter((status) => status === 200)).toHaveLength(60);
  const request = new Request(`${BASE}/agents`, { headers: { authorization: `Bearer ${key}` } });
  const refused = await list.GET(request, { params: Promise.resolve({}) });
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
});

test('a pipeline asks with a read key whether a version may stay, and is told what there is no data of', async () => {
  const { POST } = await import('./agents/[id]/gate-verdicts/route.ts');
  const { id } = await makeAgent(world, teamId, { name: 'judged' });
  const judge = (body: object, own?: string) => call(POST, '', { method: 'POST', id, body, key: own });
  const question = { version: '2.0.0', baselineVersion: '1.0.0', from: Date.now() - 3_600_000 };
  const answer = await judge(question, await keyWith(['read']));
  expect(answer).toMatchObject({ status: 200, json: { verdict: 'inconclusive', look: 1, looks: 5 } });
  expect(answer.json.reason).toContain('no run of 2.0.0 in its time');
  const { baselineVersion: _unnamed, ...rest } = question;
  expect((await judge(rest)).json.errors).toMatchObject([{ path: 'baselineVersion' }]);
  expect((await judge({ ...question, gate: { margin: 1 } })).status).toBe(422);
  expect((await judge(question, await keyWith(['ingest']))).status).toBe(403);
});

import { createHmac, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import examples from '@octokit/webhooks-examples';
import { sign } from '@octokit/webhooks-methods';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { repositories, webhookDeliveries } from '#db/schema/repositories.ts';
import { execute } from '#lib/command/define-command.ts';
import { webContext } from '#lib/compose/web.ts';
import { connectRepository } from '#lib/repositories/connect-repository.ts';
import { rotateWebhookSecret } from '#lib/repositories/rotate-secret.ts';
import { userActor } from '#lib/testing/command-context.ts';
import { makeMember, makeTeam } from '#lib/testing/factories.ts';
import { createWebWorld, type WebWorld } from '#lib/testing/web-world.ts';
import { webMetrics } from '#lib/web/metrics.ts';

const FULL_NAME = 'Codertocat/Hello-World';
const LIMIT = 25 * 1024 * 1024;
let world: WebWorld;
let server: Server;
let port: number;
let admin: ReturnType<typeof userActor>;
let id: string;
let secret: string;

type Route = (request: Request, context: { params: Promise<{ id: string }> }) => Promise<Response>;

/** The route handler behind a plain server, as Next would call it: the body streams in. */
async function serve(post: Route, from: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(from.url ?? '/', 'http://localhost');
  const headers = new Headers(Object.entries(from.headers).map(([name, value]) => [name, String(value)]));
  const body = Readable.toWeb(from) as ReadableStream<Uint8Array>;
  const given = new Request(url, { method: 'POST', headers, body, duplex: 'half' } as RequestInit);
  const params = Promise.resolve({ id: url.pathname.split('/').at(-1) ?? '' });
  const answer = await post(given, { params });
  response.writeHead(answer.status, Object.fromEntries(answer.headers));
  response.end(await answer.text());
}

beforeAll(async () => {
  world = await createWebWorld({
    FEATURE_DEPLOYMENT_AUTOMATION: 'true',
    RATE_LIMIT_ALERTS_PER_MINUTE: '5000',
  });
  const { POST } = await import('./[id]/route.ts');
  server = createServer((from, response) => void serve(POST, from, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
});
beforeEach(async () => {
  const teamId = (await makeTeam(world)).id;
  admin = userActor(teamId, 'admin', { userId: (await makeMember(world, teamId, 'admin')).id });
  const credential = { kind: 'token', token: 'a-token-of-a-test' };
  const input = { fullName: FULL_NAME, credential };
  ({ id, secret } = await execute(await webContext(), admin, connectRepository, input));
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await world.close();
});

interface Sent {
  status: number;
  body: Record<string, unknown>;
}

/** Posts as GitHub does, with what is given changed. */
async function post(
  body: string | Buffer<ArrayBuffer>,
  headers: Record<string, string | undefined> = {},
  to = id,
): Promise<Sent> {
  const all = {
    'content-type': 'application/json',
    'x-github-delivery': randomUUID(),
    'x-github-event': 'push',
    'x-github-hook-id': '4711',
    ...headers,
  };
  const sent = Object.entries(all).filter((pair): pair is [string, string] => pair[1] !== undefined);
  const answer = await fetch(`http://127.0.0.1:${port}/api/webhooks/github/${to}`, {
    ...{ method: 'POST', headers: Object.fromEntries(sent), body },
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

async function postSigned(
  payload: unknown,
  headers: Record<string, string> = {},
  by = secret,
): Promise<Sent> {
  const body = JSON.stringify(payload);
  return post(body, { 'x-hub-signature-256': await sign(by, body), ...headers });
}

const stored = () => world.db.select().from(webhookDeliveries).where(eq(webhookDeliveries.repositoryId, id));
const PUSH = examples.find(({ name }) => name === 'push')?.examples[0];

test('deployment S-85, S-86: a payload of every event that GitHub has is taken with 202 once it is stored', async () => {
  const all = examples.flatMap(({ name, examples: [payload] }) => (payload ? [{ name, payload }] : []));
  expect(all.length).toBeGreaterThan(50);
  // Examples of several kinds are the same text: each gets a number, or it would count as a repeat.
  const answers = await Promise.all(
    all.map(({ name, payload }, number) => postSigned({ ...payload, number }, { 'x-github-event': name })),
  );
  expect(answers.filter(({ status }) => status !== 202)).toEqual([]);
  const rows = await stored();
  expect(rows).toHaveLength(all.length);
  expect(new Set(rows.map(({ result }) => result))).toEqual(new Set(['received']));
  expect(rows.find(({ event }) => event === 'push')).toMatchObject({ hookId: '4711' });
});

test.each<[string, (body: string) => Promise<string | undefined>]>([
  ['another secret', (body) => sign('another secret', body)],
  ['another body', () => sign(secret, '{}')],
  ['SHA-1', async (body) => (await sign(secret, body)).replace('sha256=', 'sha1=')],
  ['half of it', async (body) => (await sign(secret, body)).slice(0, 40)],
  ['more than it', async (body) => `${await sign(secret, body)}00`],
  ['nothing after its name', async () => 'sha256='],
  ['text', async () => 'ünsigned'.normalize('NFD').replace(/[^\x20-\x7e]/g, '')],
  ['no signature', async () => undefined],
])(
  'deployment S-85, security P7: %s is answered 401, and nothing is stored or even parsed',
  async (_what, signature) => {
    for (const body of [JSON.stringify(PUSH), '{"not": json'])
      expect(await post(body, { 'x-hub-signature-256': await signature(body) })).toMatchObject({
        status: 401,
      });
    expect(await stored()).toEqual([]);
  },
);

test('deployment S-85, security P6: the bytes are what is signed: what is no text, no JSON or written otherwise is told apart', async () => {
  const latin = Buffer.from('{"a":"\xff"}', 'latin1');
  const over = (bytes: Buffer) => `sha256=${createHmac('sha256', secret).update(bytes).digest('hex')}`;
  expect(await post(latin, { 'x-hub-signature-256': over(latin) })).toMatchObject({ status: 400 });
  expect(await post('{', { 'x-hub-signature-256': await sign(secret, '{') })).toMatchObject({ status: 400 });
  const deep = '['.repeat(50_000);
  expect(await post(deep, { 'x-hub-signature-256': await sign(secret, deep) })).toMatchObject({
    status: 400,
  });
  const spaced = JSON.stringify(PUSH, null, 2);
  const plain = await sign(secret, JSON.stringify(PUSH));
  expect(await post(spaced, { 'x-hub-signature-256': plain })).toMatchObject({ status: 401 });
  expect(await postSigned({ 'a\0': 'b\0\ud800', repository: { full_name: '\0' } })).toMatchObject({
    status: 202,
  });
});

test('deployment S-85: another content type is answered 415, and 25 MB and a byte 413, whether or not they say so', async () => {
  for (const type of ['application/x-www-form-urlencoded', 'text/plain', undefined])
    expect(await post('{}', { 'content-type': type })).toMatchObject({ status: 415 });
  expect(await post(Buffer.alloc(LIMIT + 1, ' '))).toMatchObject({ status: 413 });
  const streamed = request({ port, host: '127.0.0.1', path: `/api/webhooks/github/${id}`, method: 'POST' });
  streamed.setHeader('content-type', 'application/json');
  streamed.setHeader('x-github-delivery', 'a').setHeader('x-github-event', 'push');
  const answered = once(streamed, 'response');
  streamed.on('error', () => {});
  for (let sent = 0; sent <= LIMIT; sent += 1024 * 1024) streamed.write(Buffer.alloc(1024 * 1024, ' '));
  const [{ statusCode }] = (await answered) as [IncomingMessage];
  streamed.destroy();
  expect(statusCode).toBe(413);
  const large = `${JSON.stringify(PUSH)}${' '.repeat(12 * 1024 * 1024)}`;
  expect(await post(large, { 'x-hub-signature-256': await sign(secret, large) })).toMatchObject({
    status: 202,
  });
});

test('deployment S-87, security P6, P7: what came before is answered 200 with deduped, and what has no delivery id 400', async () => {
  const guid = randomUUID();
  expect(await postSigned(PUSH, { 'x-github-delivery': guid })).toEqual({
    status: 202,
    body: { deduped: false },
  });
  const again = await Promise.all(
    Array.from({ length: 5 }, () => postSigned(PUSH, { 'x-github-delivery': guid })),
  );
  // The id is not signed: who replays a body under another id gets no further.
  again.push(await postSigned(PUSH), await postSigned({ ...PUSH, ref: 'x' }, { 'x-github-delivery': guid }));
  expect(again).toEqual(again.map(() => ({ status: 200, body: { deduped: true } })));
  expect(await stored()).toHaveLength(1);
  const body = JSON.stringify(PUSH);
  const signature = { 'x-hub-signature-256': await sign(secret, body) };
  for (const header of ['x-github-delivery', 'x-github-event'])
    for (const value of [undefined, '', 'a b', 'x'.repeat(101)])
      expect(await post(body, { ...signature, [header]: value })).toMatchObject({ status: 400 });
});

test('deployment S-88, security P6: during a rotation the old and the new secret open, and each only its own connection', async () => {
  const context = await webContext();
  const { secret: next } = await execute(context, admin, rotateWebhookSecret, { id });
  expect(await postSigned({ by: 'old' })).toMatchObject({ status: 202 });
  expect(await postSigned({ by: 'new' }, {}, next)).toMatchObject({ status: 202 });
  await world.db
    .update(repositories)
    .set({ formerSecretUntil: new Date(0) })
    .where(eq(repositories.id, id));
  expect(await postSigned({ by: 'old again' })).toMatchObject({ status: 401 });
  const credential = { kind: 'token', token: 'a-token-of-a-test' };
  const other = await execute(context, admin, connectRepository, { fullName: 'a/b', credential });
  const body = JSON.stringify({ by: 'a neighbour' });
  const headers = { 'x-hub-signature-256': await sign(next, body) };
  expect(await post(body, headers, other.id)).toMatchObject({ status: 401 });
});

test('security P7: a delivery opens the connection of its own team only, and counts there once', async () => {
  const neighbour = userActor((await makeTeam(world)).id, 'admin', { userId: admin.userId });
  const credential = { kind: 'token', token: 'a-token-of-a-test' };
  const input = { fullName: FULL_NAME, credential };
  const other = await execute(await webContext(), neighbour, connectRepository, input);
  const body = JSON.stringify(PUSH);
  const headers = { 'x-hub-signature-256': await sign(other.secret, body) };
  expect(await post(body, headers)).toMatchObject({ status: 401 });
  expect(await post(body, headers, other.id)).toMatchObject({ status: 202 });
  expect(await post(body, headers, other.id)).toMatchObject({ status: 200 });
  expect(await stored()).toEqual([]);
});

test('deployment S-85: an address that nobody has answers as one whose signature is wrong, and a feature that is off as nothing', async () => {
  const body = JSON.stringify(PUSH);
  const headers = { 'x-hub-signature-256': await sign(secret, body) };
  const wrong = await post(body, { 'x-hub-signature-256': await sign('x', body) });
  expect(await post(body, headers, randomUUID())).toEqual(wrong);
  for (const path of ['nope', "'; drop table repositories", '%00', '..%2f..'])
    expect(await post(body, headers, path)).toMatchObject({ status: 404 });
  const context = await webContext();
  const { features } = context;
  Object.assign(context, { features: async () => ({ deployment_automation: false }) });
  expect(await post(body, headers)).toMatchObject({ status: 404 });
  Object.assign(context, { features });
  expect(await stored()).toEqual([]);
});

test('answers are counted by their status, and neither names what was sent nor what would have fit', async () => {
  const answer = await post('{}', { 'x-hub-signature-256': 'sha256=canary' });
  expect(JSON.stringify(answer)).not.toMatch(/canary/);
  expect(JSON.stringify(answer)).not.toContain(secret);
  expect(await webMetrics().registry.metrics()).toMatch(
    /pitwall_webhook_deliveries_total\{result="401"\} [1-9]/,
  );
});

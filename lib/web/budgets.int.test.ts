import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { UserActor } from '#lib/access/actor.ts';
import { createIntegration } from '#lib/alerts/integrations/manage.ts';
import { execute } from '#lib/command/define-command.ts';
import { type WebContext, webContext } from '#lib/compose/web.ts';
import { randomToken } from '#lib/kernel/ids.ts';
import { setRateLimits } from '#lib/settings/set-values.ts';
import { userActor } from '#lib/testing/command-context.ts';
import { makeApiKey, makeMember, makeTeam } from '#lib/testing/factories.ts';
import { createWebWorld, type WebWorld } from '#lib/testing/web-world.ts';
import { type RedisEngine, startRedis } from '../../scripts/engines/redis.mjs';
import { tryMailServer } from './mail-test.ts';
import type { Handler } from './route.ts';

const folder = mkdtempSync(join(tmpdir(), 'pitwall-budgets-'));
let world: WebWorld;
let redis: RedisEngine;
let context: WebContext;
let agents: Handler;
let alertmanager: Handler;
let teamId: string;
let userId: string;

beforeAll(async () => {
  redis = await startRedis({ dir: join(folder, 'redis') });
  world = await createWebWorld({ REDIS_URL: redis.url, RATE_LIMIT_SIGN_IN_PER_MINUTE: '3' });
  agents = (await import('#app/api/v1/agents/route.ts')).GET;
  alertmanager = (await import('#app/api/v2/[...path]/route.ts')).POST;
  context = await webContext();
  teamId = (await makeTeam(world)).id;
  userId = (await makeMember(world, teamId, 'admin', { globalRole: 'admin' })).id;
});
afterAll(async () => {
  await world.close();
  await redis.stop();
  rmSync(folder, { recursive: true });
});

const admin = () =>
  userActor(teamId, 'admin', {
    userId,
    permissions: new Set(['installation:update', 'alert-integrations:manage']),
  });

/** Resolves when this process has heard of it. */
async function setPerMinute(apiPerMinute: number | null, seen: number): Promise<void> {
  await execute(context, admin(), setRateLimits, { limits: { apiPerMinute }, seen });
  const expected = apiPerMinute ?? context.deps.installation?.rateLimits.apiPerMinute;
  const known = async () => (await context.settings.current()).rateLimits.apiPerMinute;
  await expect.poll(known, { timeout: 5000 }).toBe(expected);
}

async function ask(key: string) {
  const request = new Request('http://localhost/api/v1/agents', {
    headers: { authorization: `Bearer ${key}` },
  });
  const { status, headers } = await agents(request, { params: Promise.resolve({}) });
  return { status, waits: Number(headers.get('retry-after') ?? 0) > 0 };
}

async function postAlert(secret: string): Promise<number> {
  const request = new Request('http://localhost/api/v2/alerts', {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    body: JSON.stringify([{ labels: { alertname: 'Broken', instance: randomToken(4) } }]),
  });
  return (await alertmanager(request, { params: Promise.resolve({ path: ['alerts'] }) })).status;
}

test('a limit that an admin sets holds within 5 s, and what was used before still counts', async () => {
  const { key } = await makeApiKey(world, teamId, ['read']);
  expect(await ask(key)).toEqual({ status: 200, waits: false });
  await setPerMinute(2, 0);
  expect([await ask(key), await ask(key)]).toEqual([
    { status: 200, waits: false },
    { status: 429, waits: true },
  ]);
  const other = await makeApiKey(world, teamId, ['read']);
  expect((await ask(other.key)).status).toBe(200);
  await setPerMinute(null, 1);
  expect((await ask(key)).status).toBe(200);
});

test('security O10: who may not try the mail server takes nothing from the budget of those who may', async () => {
  const attempt = (actor: UserActor) =>
    tryMailServer(context, actor).then(
      () => 'tried',
      (error) => error.code,
    );
  const viewer = userActor(teamId, 'viewer');
  for (let tries = 0; tries < 20; tries += 1) expect(await attempt(viewer)).toBe('forbidden');
  expect(await attempt(admin())).toBe('tried');
  const answers = new Set<string>();
  for (let tries = 0; tries < 20; tries += 1) answers.add(await attempt(admin()));
  expect(answers).toContain('rate_limited');
});

test('security U7: while Redis is away sign-in stays limited and alerts still come in', async () => {
  const { secret } = await execute(context, admin(), createIntegration, { name: 'Prometheus' });
  const signIn = () =>
    context.budgets.signIn.take('address:203.0.113.9').then(
      () => 'let in',
      (error) => error.code,
    );
  expect([await signIn(), await postAlert(secret)]).toEqual(['let in', 200]);
  redis.process.kill('SIGKILL');
  const answers = [await signIn(), await signIn(), await signIn(), await signIn(), await signIn()];
  expect(answers.filter((answer) => answer === 'let in').length).toBeLessThanOrEqual(3);
  expect(answers.at(-1)).toBe('rate_limited');
  expect([await postAlert(secret), await postAlert(secret)]).toEqual([200, 200]);
});

import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { repositories, webhookDeliveries } from '#db/schema/repositories.ts';
import { listAuditRows } from '#lib/audit/queries.ts';
import { type Command, execute } from '#lib/command/define-command.ts';
import { ask } from '#lib/command/define-query.ts';
import { commandContext, everyFeature, userActor } from '#lib/testing/command-context.ts';
import { makeMember, makeTeam } from '#lib/testing/factories.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { connectRepository } from './connect-repository.ts';
import { disconnectRepository } from './disconnect-repository.ts';
import { listRepositories, listWebhookDeliveries } from './queries.ts';
import { rotateWebhookSecret } from './rotate-secret.ts';
import { updateRepository } from './update-repository.ts';
import { forgetDeliveries, settleDeliveries } from './webhooks/settle-deliveries.ts';
import { findHooked, type HookedRepository, storeDelivery } from './webhooks/store-delivery.ts';

const TOKEN = 'canary-of-a-token';
const NEW = { fullName: 'octo-org/octo-repo', credential: { kind: 'token', token: TOKEN } };
let world: World;
let context: ReturnType<typeof commandContext>;
let teamId: string;
let admin: ReturnType<typeof userActor>;
beforeAll(async () => {
  world = await createWorld();
});
beforeEach(async () => {
  context = commandContext(world, { features: everyFeature });
  teamId = (await makeTeam(world)).id;
  admin = userActor(teamId, 'admin', { userId: (await makeMember(world, teamId, 'admin')).id });
});
afterAll(() => world.close());

const connect = (values: object = {}) => execute(context, admin, connectRepository, { ...NEW, ...values });
const listed = async () => (await ask(context, admin, listRepositories, {})).items;

async function hooked(id: string): Promise<HookedRepository> {
  const found = await findHooked({ db: world.db, sealer: context.deps.sealer }, id);
  if (!found) throw new Error('it is not connected');
  return found;
}

async function deliver(id: string, guid: string, parsed: object, event = 'push'): Promise<boolean> {
  const body = Buffer.from(JSON.stringify(parsed));
  return storeDelivery(world.db, await hooked(id), { guid, event, hookId: '1', body, parsed });
}
const push = (ref: string) => ({ ref, repository: { full_name: NEW.fullName }, after: 'a'.repeat(40) });

test('a repository is connected with its secret shown once, and with nothing of its credential in rows, lists or the ledger', async () => {
  const { id, secret, webhookPath } = await connect();
  expect(webhookPath).toBe(`/api/webhooks/github/${id}`);
  expect((await hooked(id)).secrets).toEqual([secret]);
  expect(await listed()).toMatchObject([
    { id, fullName: NEW.fullName, hostUrl: 'https://github.com', credential: 'token', lastDeliveryAt: null },
  ]);
  const [row] = await world.db.select().from(repositories).where(eq(repositories.id, id));
  expect(row && context.deps.sealer.open(row.sealedCredential)).toBe(TOKEN);
  const ledger = await listAuditRows(world.db, teamId, 5);
  expect(ledger).toMatchObject([{ action: 'repository.connect', targetId: id, outcome: 'ok' }]);
  for (const canary of [TOKEN, secret])
    expect(JSON.stringify([await listed(), ledger])).not.toContain(canary);
});

test('a repository is connected once a team, however it is written; another team may connect it too', async () => {
  await connect();
  await expect(connect({ fullName: 'Octo-Org/Octo-Repo' })).rejects.toMatchObject({ code: 'conflict' });
  await connect({ hostUrl: 'https://github.example.test/' });
  const other = userActor((await makeTeam(world)).id, 'admin', { userId: admin.userId });
  await execute(context, other, connectRepository, NEW);
  expect(await listed()).toHaveLength(2);
});

test.each<[string, object, string]>([
  ['a name with a path', { fullName: 'a/b/c' }, 'fullName'],
  ['a name of dots', { fullName: 'a/..' }, 'fullName'],
  ['a server with a path', { hostUrl: 'https://github.com/api' }, 'hostUrl'],
  ['a server with a user', { hostUrl: 'https://x@github.com' }, 'hostUrl'],
  [
    'a key that is none',
    { credential: { kind: 'app', appId: 1, installationId: 1, privateKey: 'x' } },
    'credential.privateKey',
  ],
  [
    'a workflow of a push',
    { allowed: [{ event: 'push', ref: 'main', workflow: 'a.yml', environment: 'x' }] },
    'allowed.0.workflow',
  ],
  [
    'a run of no workflow',
    { allowed: [{ event: 'workflow_run', ref: 'main', environment: 'x' }] },
    'allowed.0.workflow',
  ],
  ['a ref that is none', { allowed: [{ event: 'push', ref: 'a b', environment: 'x' }] }, 'allowed.0.ref'],
])('%s is refused', async (_what, values, path) => {
  await expect(connect(values)).rejects.toMatchObject({
    code: 'invalid',
    issues: expect.arrayContaining([expect.objectContaining({ path })]),
  });
});

test('deployment S-88: the former secret counts beside the new one for a day, and the one before it does not', async () => {
  const made = await connect();
  const once = await execute(context, admin, rotateWebhookSecret, { id: made.id });
  const twice = await execute(context, admin, rotateWebhookSecret, { id: made.id });
  expect((await hooked(made.id)).secrets).toEqual([twice.secret, once.secret]);
  expect(twice.formerUntil - Date.now()).toBeGreaterThan(23 * 3_600_000);
  await world.db.update(repositories).set({ formerSecretUntil: new Date(Date.now() - 1000) });
  expect((await hooked(made.id)).secrets).toEqual([twice.secret]);
  const [row] = await listAuditRows(world.db, teamId, 1);
  expect(row).toMatchObject({ action: 'repository.rotate-secret' });
  expect(JSON.stringify(row)).not.toContain(twice.secret);
});

test('what gives or shows a secret asks for a recent sign-in', async () => {
  const { id } = await connect();
  const stale = { ...admin, signedInAtMs: Date.now() - 3_600_000 };
  const acts: [Command<never, unknown>, object][] = [
    [connectRepository as never, NEW],
    [rotateWebhookSecret as never, { id }],
    [updateRepository as never, { id, credential: NEW.credential }],
  ];
  for (const [command, input] of acts)
    await expect(execute(context, stale, command, input)).rejects.toMatchObject({
      code: 'reauthentication_required',
    });
});

test('rules are changed with their row in the ledger, and a disconnected repository takes its deliveries along', async () => {
  const { id } = await connect();
  const allowed = [{ event: 'push', ref: 'main', workflow: null, environment: 'production' }];
  await execute(context, admin, updateRepository, { id, allowed });
  expect(await listed()).toMatchObject([{ allowed, credential: 'token' }]);
  await deliver(id, 'one', push('refs/heads/main'));
  await execute(context, admin, disconnectRepository, { id });
  expect(await listed()).toEqual([]);
  expect(await findHooked({ db: world.db, sealer: context.deps.sealer }, id)).toBeNull();
  expect(
    await world.db.select().from(webhookDeliveries).where(eq(webhookDeliveries.repositoryId, id)),
  ).toEqual([]);
  expect((await listAuditRows(world.db, teamId, 2)).map(({ action }) => action)).toEqual([
    'repository.disconnect',
    'repository.update',
  ]);
});

test('deployment S-87: of a delivery and of a body, sent again and at once, one is kept', async () => {
  const { id } = await connect();
  const body = push('refs/heads/main');
  const sent = await Promise.all([
    ...['same', 'same', 'same'].map((guid) => deliver(id, guid, body)),
    ...['b', 'c', 'd'].map((guid) => deliver(id, guid, body)),
  ]);
  expect(sent.filter((isNew) => isNew)).toHaveLength(1);
  expect(await deliver(id, 'other', push('refs/heads/other'))).toBe(true);
  expect(await deliver(id, 'other', push('refs/heads/third'))).toBe(false);
  // Another connection has ids of its own: nobody takes those of another team away.
  const neighbour = await connect({ fullName: 'octo-org/other' });
  expect(await deliver(neighbour.id, 'other', body)).toBe(true);
});

test('deployment S-87: after a day the same body counts again, the same delivery never', async () => {
  const { id } = await connect();
  const body = push('refs/heads/main');
  await deliver(id, 'one', body);
  await world.sql`update webhook_deliveries set received_at = now() - interval '25 hours' where repository_id = ${id}`;
  expect(await deliver(id, 'one', body)).toBe(false);
  expect(await deliver(id, 'two', body)).toBe(true);
  expect(await deliver(id, 'three', body)).toBe(false);
});

test('deployment S-89: what was stored is decided by the rules of its own repository, once', async () => {
  const { id } = await connect({ allowed: [{ event: 'push', ref: 'main', environment: 'production' }] });
  await deliver(id, 'good', push('refs/heads/main'));
  await deliver(id, 'bad', push('refs/heads/dev'));
  await deliver(id, 'ping', { zen: 'x' }, 'ping');
  await deliver(id, 'foreign', { ...push('refs/heads/main'), repository: { full_name: 'evil/repo' } });
  await Promise.all([settleDeliveries(world.db), settleDeliveries(world.db)]);
  expect((await settleDeliveries(world.db)).done).toBe(0);
  expect(await listed()).toMatchObject([{ lastDeliveryAt: expect.any(Number) }]);
  const { items } = await ask(context, admin, listWebhookDeliveries, { id });
  const results = Object.fromEntries(items.map(({ deliveryGuid, result }) => [deliveryGuid, result]));
  expect(results).toEqual({
    ...{ good: 'allowed', bad: 'not_allowed', ping: 'ping', foreign: 'unknown_repository' },
  });
  expect(items.find(({ result }) => result === 'allowed')).toMatchObject({
    ...{ environment: 'production', ref: 'refs/heads/main', sha: 'a'.repeat(40) },
  });
});

test('deliveries are forgotten after 30 days, but none that was not decided', async () => {
  const { id } = await connect();
  await deliver(id, 'old', push('refs/heads/main'));
  await settleDeliveries(world.db);
  await deliver(id, 'undecided', push('refs/heads/dev'));
  await world.sql`update webhook_deliveries set received_at = now() - interval '31 days' where repository_id = ${id}`;
  await deliver(id, 'new', push('refs/heads/new'));
  await forgetDeliveries(world.db);
  const { items } = await ask(context, admin, listWebhookDeliveries, { id });
  expect(items.map(({ deliveryGuid }) => deliveryGuid)).toEqual(['new', 'undecided']);
});

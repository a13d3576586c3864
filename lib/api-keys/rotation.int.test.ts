import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { memberships, users } from '#db/schema/members.ts';
import type { Origin } from '#lib/access/actor.ts';
import type { KeyScope, Role } from '#lib/access/permissions.ts';
import { listAuditRows } from '#lib/audit/queries.ts';
import { execute } from '#lib/command/define-command.ts';
import { ask } from '#lib/command/define-query.ts';
import { manualClock } from '#lib/kernel/clock.ts';
import { commandContext, userActor } from '#lib/testing/command-context.ts';
import { makeMember, makeTeam } from '#lib/testing/factories.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { createKeyAuthenticator, type KeyAuthenticator } from './authenticate-key.ts';
import { createApiKey } from './create-api-key.ts';
import { listApiKeys } from './queries.ts';
import { revokeApiKey } from './revoke-api-key.ts';
import { rotateApiKey } from './rotate-api-key.ts';

const DAY_MS = 86_400_000;
let world: World;
let teamId: string;
let userId: string;
let clock: ReturnType<typeof manualClock>;
let context: ReturnType<typeof commandContext>;
let keys: KeyAuthenticator;
beforeAll(async () => {
  world = await createWorld();
});
beforeEach(async () => {
  teamId = (await makeTeam(world)).id;
  userId = (await makeMember(world, teamId, 'developer')).id;
  clock = manualClock(Date.now());
  context = commandContext(world, { clock });
  keys = await createKeyAuthenticator(context);
});
afterAll(() => world.close());

const as = (role: Role = 'developer') => userActor(teamId, role, { userId, signedInAtMs: clock.now() });
const create = (more: object = {}, scopes: KeyScope[] = ['ingest']) =>
  execute(context, as(), createApiKey, { name: 'sender', scopes, ...more });
const rotate = (id: string, overlapDays: number, actor = as()) =>
  execute(context, actor, rotateApiKey, { id, overlapDays });
const list = async () => (await ask(context, as(), listApiKeys, {})).items;
const from = (ip: string | null): Origin => ({ ip, userAgent: null, requestId: '' });
const use = (key: string, ip: string | null = '192.0.2.1') =>
  keys.authenticate({ authorization: `Bearer ${key}` }, from(ip));

test('security P3: a rotated key and its successor both work for the overlap, then the old one ends', async () => {
  const old = await create({ allowedRanges: ['192.0.2.0/24'] }, ['ingest', 'read']);
  await use(old.key);
  clock.advance(1);
  const made = await rotate(old.id, 7);
  expect(made.formerEndsAt).toBe(clock.now() + 7 * DAY_MS);
  expect(await use(made.key)).toMatchObject({
    keyId: made.id,
    keyName: 'sender',
    scopes: ['ingest', 'read'],
  });
  clock.advance(7 * DAY_MS - 1000);
  await use(old.key);
  clock.advance(1000);
  await expect(use(old.key)).rejects.toMatchObject({ code: 'unauthenticated' });
  await use(made.key);
  expect(await list()).toMatchObject([
    { id: made.id, state: 'active', allowedRanges: ['192.0.2.0/24'], replacedBy: null },
    { id: old.id, state: 'expired', replacedBy: made.key.slice(-4) },
  ]);
});

test('security P3: without an overlap the old key stops at once, although it was remembered', async () => {
  const old = await create();
  await use(old.key);
  const made = await rotate(old.id, 0);
  await expect(use(old.key)).rejects.toMatchObject({ code: 'unauthenticated' });
  await use(made.key);
});

test('a key that would have ended earlier is not kept alive by its overlap, and the new one lives as long', async () => {
  const old = await create({ expiresInDays: 10 });
  clock.advance(8 * DAY_MS);
  const made = await rotate(old.id, 30);
  expect(made.formerEndsAt).toBe(clock.now() + 2 * DAY_MS);
  expect(await list()).toMatchObject([{ id: made.id, expiresAt: clock.now() + 10 * DAY_MS }, { id: old.id }]);
});

test('a key is replaced once at a time: the loser of a race and keys that have ended get a conflict', async () => {
  const { id } = await create();
  const race = [1, 2].map(() =>
    rotate(id, 1).then(
      () => 'done',
      (error) => error.code,
    ),
  );
  expect((await Promise.all(race)).sort()).toEqual(['conflict', 'done']);
  const revoked = await create();
  await execute(context, as(), revokeApiKey, { id: revoked.id });
  await expect(rotate(revoked.id, 1)).rejects.toMatchObject({ code: 'conflict' });
  await expect(rotate(id, 31)).rejects.toMatchObject({ code: 'invalid' });
});

test('security Z4, A16: rotating needs the own team, a recent sign-in and the role', async () => {
  const { id } = await create();
  const stranger = userActor((await makeTeam(world)).id, 'admin', { signedInAtMs: clock.now() });
  await expect(rotate(id, 1, stranger)).rejects.toMatchObject({ code: 'not_found' });
  await expect(rotate(id, 1, as('viewer'))).rejects.toMatchObject({ code: 'forbidden' });
  const stale = { ...as(), signedInAtMs: clock.now() - 16 * 60_000 };
  await expect(rotate(id, 1, stale)).rejects.toMatchObject({ code: 'reauthentication_required' });
});

test('security Z7: nobody makes a key for another team, or with a scope that they do not hold', async () => {
  const other = await makeTeam(world);
  await expect(create({ teamId: other.id })).rejects.toMatchObject({ code: 'invalid' });
  const keyMaker = userActor(teamId, 'admin', {
    userId,
    permissions: new Set(['api-keys:create', 'api-keys:rotate', 'agents:read']),
    signedInAtMs: clock.now(),
  });
  const grant = (scopes: KeyScope[]) =>
    execute(context, keyMaker, createApiKey, { name: 'reach', scopes }).then(
      () => 'made',
      (error) => error.code,
    );
  expect([await grant(['write']), await grant(['read']), await grant(['ingest'])]).toEqual([
    'forbidden',
    'forbidden',
    'made',
  ]);
  const { id } = await create({}, ['write']);
  await expect(rotate(id, 1, keyMaker)).rejects.toMatchObject({ code: 'forbidden' });
});

test('security P3: a key with ranges is refused from elsewhere, and from an address that is not known', async () => {
  const { key } = await create({ allowedRanges: ['203.0.113.0/24', '2001:db8::/32'] });
  await use(key, '203.0.113.9');
  await use(key, '2001:db8::1');
  for (const ip of ['198.51.100.1', '::1', null])
    await expect(use(key, ip)).rejects.toMatchObject({ code: 'forbidden' });
  await expect(create({ allowedRanges: ['10.0.0.0/99'] })).rejects.toMatchObject({
    code: 'invalid',
    issues: [{ path: 'allowedRanges.0' }],
  });
});

test('security U4: use of a key from elsewhere stands in the ledger with its address, once a minute and key', async () => {
  const { key, id } = await create({ allowedRanges: ['203.0.113.0/24'] });
  const other = await create({ allowedRanges: ['203.0.113.0/24'] });
  const neighbour = await createKeyAuthenticator(context);
  const misuse = async (which = key, by = keys) => {
    await expect(
      by.authenticate({ authorization: `Bearer ${which}` }, from('198.51.100.7')),
    ).rejects.toMatchObject({ code: 'forbidden' });
  };
  const rows = async () =>
    (await listAuditRows(world.db, teamId, 20)).filter(({ action }) => action === 'api-key.use');
  for (let i = 0; i < 5; i++) await misuse();
  await keys.stop();
  await misuse(key, neighbour);
  await neighbour.stop();
  expect(await rows()).toMatchObject([
    {
      ...{ actorKind: 'key', actorName: 'sender', outcome: 'denied', ip: '198.51.100.7' },
      ...{
        targetKind: 'api-key',
        targetId: id,
        details: { reason: expect.stringContaining('198.51.100.7') },
      },
    },
  ]);
  await misuse(other.key);
  clock.advance(60_001);
  await misuse();
  await keys.stop();
  expect((await rows()).map(({ targetId }) => targetId).toSorted()).toEqual([id, id, other.id].toSorted());
  expect(JSON.stringify(await rows())).not.toContain(key.slice(3, 51));
});

test('security P3: when and from where a key was last used is written down', async () => {
  const { key } = await create();
  await use(key, '203.0.113.9');
  await keys.stop();
  expect(await list()).toMatchObject([{ lastUsedAt: clock.now(), lastUsedIp: '203.0.113.9' }]);
});

test('security P4: rotating leaves neither key in the ledger or in an event', async () => {
  const old = await create();
  const made = await rotate(old.id, 1);
  const shown = JSON.stringify([await listAuditRows(world.db, teamId, 10), context.published, await list()]);
  for (const { key } of [old, made]) expect(shown).not.toContain(key.slice(3, 51));
});

test('keys of somebody who was disabled or left the team go on and are listed as such', async () => {
  const { key } = await create();
  expect(await list()).toMatchObject([{ makerIsGone: false }]);
  await world.db.update(users).set({ status: 'disabled' }).where(eq(users.id, userId));
  expect(await list()).toMatchObject([{ makerIsGone: true, state: 'active' }]);
  await world.db.update(users).set({ status: 'active' }).where(eq(users.id, userId));
  await world.db.delete(memberships).where(eq(memberships.userId, userId));
  expect(await list()).toMatchObject([{ makerIsGone: true, state: 'active' }]);
  await use(key);
  await world.db.update(users).set({ globalRole: 'admin' }).where(eq(users.id, userId));
  expect(await list()).toMatchObject([{ makerIsGone: false }]);
});

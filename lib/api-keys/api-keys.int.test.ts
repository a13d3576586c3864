import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { apiKeys } from '#db/schema/api-keys.ts';
import type { KeyScope, Role } from '#lib/access/permissions.ts';
import { holds } from '#lib/access/require.ts';
import { listAuditRows } from '#lib/audit/queries.ts';
import { execute } from '#lib/command/define-command.ts';
import { ask } from '#lib/command/define-query.ts';
import { manualClock } from '#lib/kernel/clock.ts';
import { commandContext, userActor } from '#lib/testing/command-context.ts';
import { makeApiKey, makeTeam, makeUser } from '#lib/testing/factories.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { createKeyAuthenticator, type KeyAuthenticator } from './authenticate-key.ts';
import { createApiKey } from './create-api-key.ts';
import { listApiKeys } from './queries.ts';
import { revokeApiKey } from './revoke-api-key.ts';

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
  userId = (await makeUser(world)).id;
  clock = manualClock(Date.now());
  context = commandContext(world, { clock });
  keys = await createKeyAuthenticator(context);
});
afterAll(() => world.close());

const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
const create = (scopes: KeyScope[], role: Role = 'developer', more: object = {}) =>
  execute(context, userActor(teamId, role, { userId }), createApiKey, { name: 'sender', scopes, ...more });
const list = async () => (await ask(context, userActor(teamId, 'developer'), listApiKeys, {})).items;

test('security P1: a key is 192 random bits with prefix and checksum, and only its SHA-256 is stored', async () => {
  const { id, key } = await create(['ingest']);
  expect(key).toMatch(/^pw_[0-9a-f]{48}_[0-9a-f]{8}$/);
  const [row] = await world.db.select().from(apiKeys);
  expect(JSON.stringify(row)).not.toContain(key.slice(3, 40));
  expect(await list()).toMatchObject([{ id, lastFour: key.slice(-4), state: 'active' }]);
});

test('a name that the database cannot hold is refused at its field', async () => {
  const made = create(['read'], 'developer', { name: 'a\0b' });
  await expect(made).rejects.toMatchObject({ code: 'invalid', issues: [{ path: 'name' }] });
});

test('security P2: a key is found by its hash and acts in its own team with its own scopes', async () => {
  const { id, key } = await create(['ingest', 'read']);
  expect(await keys.authenticate(bearer(key))).toMatchObject({
    keyId: id,
    teamId,
    scopes: ['ingest', 'read'],
  });
  expect(await keys.authenticate({ 'x-api-key': key })).toMatchObject({ keyId: id });
  const provisioned = await makeApiKey(world, teamId, ['read'], 'any-string-of-at-least-32-characters!');
  expect(await keys.authenticate(bearer(provisioned.key))).toMatchObject({ keyId: provisioned.id });
});

test.each([
  ['no header', {}],
  ['an empty bearer', { authorization: 'Bearer ' }],
  ['another scheme', { authorization: 'Basic dXNlcjpwYXNz' }],
  ['two keys in one header', { authorization: 'Bearer a b' }],
  ['a mistyped checksum', bearer(`pw_${'0'.repeat(48)}_00000000`)],
  ['bytes that are no key', bearer('\u0000\uffff'.repeat(50))],
  ['a header of 100 kB', bearer('x'.repeat(100_000))],
  ['a repeated header', { 'x-api-key': ['a', 'b'] }],
])('security A14: %s is answered as unauthenticated', async (_case, headers) => {
  await expect(keys.authenticate(headers)).rejects.toMatchObject({ code: 'unauthenticated' });
});

test('security P3: a revoked key stops at once by the event, and within 5 s when the event is lost', async () => {
  const heard = await create(['read']);
  const lost = await create(['read']);
  await keys.authenticate(bearer(heard.key));
  await execute(context, userActor(teamId, 'developer'), revokeApiKey, { id: heard.id });
  await expect(keys.authenticate(bearer(heard.key))).rejects.toMatchObject({ code: 'unauthenticated' });

  await keys.authenticate(bearer(lost.key));
  await execute(commandContext(world), userActor(teamId, 'developer'), revokeApiKey, { id: lost.id });
  await keys.authenticate(bearer(lost.key));
  clock.advance(5000);
  await expect(keys.authenticate(bearer(lost.key))).rejects.toMatchObject({ code: 'unauthenticated' });
});

test('security P3: an expired key stops although it is cached, and its last use is written down', async () => {
  const { key } = await create(['read'], 'developer', { expiresInDays: 1 });
  clock.advance(86_399_000);
  await keys.authenticate(bearer(key));
  clock.advance(1000);
  await expect(keys.authenticate(bearer(key))).rejects.toMatchObject({ code: 'unauthenticated' });
  await keys.stop();
  expect(await list()).toMatchObject([{ state: 'expired', lastUsedAt: clock.now() }]);
});

test('security P4: neither the ledger nor the events hold a key', async () => {
  const { id, key } = await create(['read']);
  await execute(context, userActor(teamId, 'developer'), revokeApiKey, { id });
  const rows = await listAuditRows(world.db, teamId, 10);
  expect(rows.map((row) => row.action)).toEqual(['api-key.revoke', 'api-key.create']);
  expect(JSON.stringify([rows, context.published])).not.toContain(key.slice(3, 51));
});

test('security P5: an ingest key reads nothing and a read key ingests nothing', async () => {
  const ingest = await keys.authenticate(bearer((await create(['ingest'])).key));
  const read = await keys.authenticate(bearer((await create(['read'])).key));
  expect(holds(ingest, 'agents:read')).toBe(false);
  expect(holds(ingest, 'telemetry:ingest')).toBe(true);
  expect(holds(read, 'telemetry:ingest')).toBe(false);
});

test('the weaker role creates and revokes nothing, and leaves a denial', async () => {
  await expect(create(['read'], 'viewer')).rejects.toMatchObject({ code: 'forbidden' });
  expect(await listAuditRows(world.db, teamId, 1)).toMatchObject([{ outcome: 'denied' }]);
});

test('security A16: creating a key needs a recent sign-in', async () => {
  const actor = userActor(teamId, 'admin', { signedInAtMs: clock.now() - 16 * 60_000 });
  const work = execute(context, actor, createApiKey, { name: 'sender', scopes: ['read'] });
  await expect(work).rejects.toMatchObject({ code: 'reauthentication_required' });
});

test('security Z4: a key of another team is as unknown as one that never was; a lost race is a conflict', async () => {
  const { id } = await create(['read']);
  const other = userActor((await makeTeam(world)).id, 'admin');
  const foreign = await execute(context, other, revokeApiKey, { id }).catch((error) => error);
  const unknown = await execute(context, other, revokeApiKey, { id: teamId }).catch((error) => error);
  expect([foreign.code, foreign.message]).toEqual([unknown.code, unknown.message]);
  const own = userActor(teamId, 'admin');
  const race = [1, 2].map(() =>
    execute(context, own, revokeApiKey, { id }).then(
      () => 'done',
      (error) => error.code,
    ),
  );
  expect((await Promise.all(race)).sort()).toEqual(['conflict', 'done']);
});

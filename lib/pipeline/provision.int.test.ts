import { afterEach, beforeEach, expect, test } from 'vitest';
import { apiKeys } from '#db/schema/api-keys.ts';
import { teams, users } from '#db/schema/members.ts';
import { createKeyAuthenticator } from '#lib/api-keys/authenticate-key.ts';
import { listAuditRows } from '#lib/audit/queries.ts';
import { verifyChain } from '#lib/audit/verify.ts';
import { execute } from '#lib/command/define-command.ts';
import { manualClock } from '#lib/kernel/clock.ts';
import { createFirstAdmin } from '#lib/members/create-first-admin.ts';
import { systemActor } from '#lib/members/default-team.ts';
import { signInWithPassword } from '#lib/members/sign-in-with-password.ts';
import { commandContext, testOrigin } from '#lib/testing/command-context.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { provision } from './provision.ts';

const admin = { email: 'First@Example.test', password: 'a long enough password' };
const apiKey = 'any-string-of-at-least-32-characters';
const nothing = { admin: null, apiKey: null };
let world: World;
let context: ReturnType<typeof commandContext>;
let clock: ReturnType<typeof manualClock>;
beforeEach(async () => {
  world = await createWorld();
  clock = manualClock(Date.now());
  context = commandContext(world, { clock });
});
afterEach(() => world.close());

async function completeSetup(token: string, email = admin.email): Promise<unknown> {
  const actor = await systemActor(world.db, 'setup', ['setup:complete'], testOrigin);
  return execute(context, actor, createFirstAdmin, { token, admin: { ...admin, email, name: 'First' } });
}

test('an unattended start makes team, admin and key, and both sign in', async () => {
  const { setupToken } = await provision(context, { admin, apiKey });
  expect(setupToken).toBeNull();
  const attempt = {
    email: 'first@example.test',
    password: admin.password,
    origin: testOrigin,
    replaces: null,
  };
  await signInWithPassword(context, attempt);
  const keys = await createKeyAuthenticator(context);
  const actor = await keys.authenticate({ authorization: `Bearer ${apiKey}` });
  await keys.stop();
  const [team] = await world.db.select().from(teams);
  expect(actor).toMatchObject({ teamId: team?.id, scopes: ['ingest', 'read', 'write'] });
  expect(await verifyChain(world.db, team?.id ?? '')).toMatchObject({ intact: true });
});

test('every start may provision again, several at once too: what exists is left alone', async () => {
  await Promise.all([1, 2, 3].map(() => provision(context, { admin, apiKey })));
  const again = await provision(context, {
    admin: { ...admin, email: 'second@example.test' },
    apiKey: `${apiKey}2`,
  });
  expect(again).toEqual({ done: [], setupToken: null });
  const [people, keys] = [await world.db.select().from(users), await world.db.select().from(apiKeys)];
  expect([people.length, keys.length]).toEqual([1, 1]);
});

test('security A13: the setup token makes one admin, once, and is of no use to anyone later', async () => {
  const { setupToken } = await provision(context, nothing);
  await expect(completeSetup('x'.repeat(43))).rejects.toMatchObject({ code: 'not_found' });
  const race = await Promise.allSettled([
    completeSetup(setupToken ?? ''),
    completeSetup(setupToken ?? '', 'second@example.test'),
  ]);
  expect(race.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  await expect(completeSetup(setupToken ?? '')).rejects.toMatchObject({ code: 'conflict' });
  expect(await world.db.select().from(users)).toHaveLength(1);
});

test('security A13: a setup token ends after a day and when a newer one is printed', async () => {
  const { setupToken: older } = await provision(context, nothing);
  clock.advance(1000);
  const { setupToken: newer } = await provision(context, nothing);
  await expect(completeSetup(older ?? '')).rejects.toMatchObject({ code: 'not_found' });
  clock.advance(86_400_000);
  await expect(completeSetup(newer ?? '')).rejects.toMatchObject({ code: 'not_found' });
});

test('a refused password makes no admin and says why', async () => {
  const { setupToken } = await provision(context, nothing);
  const actor = await systemActor(world.db, 'setup', ['setup:complete'], testOrigin);
  const weak = { token: setupToken, admin: { email: 'a@example.test', password: 'password1' } };
  await expect(execute(context, actor, createFirstAdmin, weak)).rejects.toMatchObject({
    code: 'invalid',
    issues: [{ path: 'admin.password' }],
  });
  const rows = await listAuditRows(world.db, actor.teamId, 10);
  expect(JSON.stringify(rows)).not.toContain('password1');
});

import { afterEach, beforeEach, expect, test } from 'vitest';
import { users } from '#db/schema/members.ts';
import { listAuditRows } from '#lib/audit/queries.ts';
import { verifyChain } from '#lib/audit/verify.ts';
import { execute } from '#lib/command/define-command.ts';
import { manualClock } from '#lib/kernel/clock.ts';
import { commandContext, testOrigin } from '#lib/testing/command-context.ts';
import { makeUser } from '#lib/testing/factories.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { createFirstAdmin } from './create-first-admin.ts';
import { systemActor } from './default-team.ts';
import { isSetupTokenUsable, issueSetupToken } from './setup-link.ts';
import { signInWithPassword } from './sign-in-with-password.ts';

const email = 'First@Example.test';
const password = 'a long enough password';
let world: World;
let context: ReturnType<typeof commandContext>;
let clock: ReturnType<typeof manualClock>;
beforeEach(async () => {
  world = await createWorld();
  clock = manualClock(Date.now());
  context = commandContext(world, { clock });
});
afterEach(() => world.close());

const setup = () => systemActor(world.db, 'setup', ['setup:complete', 'setup:issue-link'], testOrigin);
const issue = async () => (await execute(context, await setup(), issueSetupToken, {})).token;
const complete = async (token: string, admin = { email, password }) =>
  execute(context, await setup(), createFirstAdmin, { token, admin });
const usable = (token: string) => isSetupTokenUsable(world.db, token, new Date(clock.now()));

test('security A13: the setup token makes one admin, once, and is of no use to anyone later', async () => {
  const token = await issue();
  await expect(complete('x'.repeat(43))).rejects.toMatchObject({ code: 'not_found' });
  expect(await usable(token)).toBe(true);
  const race = await Promise.allSettled([
    complete(token),
    complete(token, { email: 'b@example.test', password }),
  ]);
  expect(race.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  await expect(complete(token)).rejects.toMatchObject({ code: 'conflict' });
  await expect(issue()).rejects.toMatchObject({ code: 'conflict' });
  expect(await usable(token)).toBe(false);
  expect(await world.db.select().from(users)).toHaveLength(1);
});

test('a name that the database cannot hold is refused at its field and spends no setup token', async () => {
  const token = await issue();
  const odd = { email, password, name: 'First \0' };
  await expect(complete(token, odd)).rejects.toMatchObject({
    code: 'invalid',
    issues: [{ path: 'admin.name' }],
  });
  expect(await usable(token)).toBe(true);
});

test('security A13: a setup token ends after a day and when a newer one is printed', async () => {
  const older = await issue();
  clock.advance(1000);
  const newer = await issue();
  await expect(complete(older)).rejects.toMatchObject({ code: 'not_found' });
  clock.advance(86_400_000);
  await expect(complete(newer)).rejects.toMatchObject({ code: 'not_found' });
});

test('security A13: while a group makes somebody admin, no setup link is printed and an old one makes nobody', async () => {
  const token = await issue();
  await makeUser(world, { groupGlobalRole: 'admin' });
  expect(await usable(token)).toBe(false);
  await expect(complete(token)).rejects.toMatchObject({ code: 'conflict' });
  await expect(issue()).rejects.toMatchObject({ code: 'conflict' });
});

test('the first admin signs in, in the default team, with both acts in an intact ledger', async () => {
  const { userId } = await complete(await issue());
  const typed = email.toLowerCase();
  await signInWithPassword(context, { email: typed, password, origin: testOrigin, replaces: null });
  const { teamId } = await setup();
  expect(await listAuditRows(world.db, teamId, 10)).toMatchObject([{ action: 'sign-in', targetId: userId }]);
  expect(await verifyChain(world.db, teamId)).toMatchObject({ intact: true });
});

test('a refused password makes no admin, says why and leaves the token usable', async () => {
  const token = await issue();
  await expect(complete(token, { email, password: 'password1' })).rejects.toMatchObject({
    code: 'invalid',
    issues: [{ path: 'admin.password' }],
  });
  expect(await usable(token)).toBe(true);
});

import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { listAuditRows } from '#lib/audit/queries.ts';
import { execute } from '#lib/command/define-command.ts';
import { ask } from '#lib/command/define-query.ts';
import { commandContext, userActor } from '#lib/testing/command-context.ts';
import { makeMember, makeSession, makeTeam } from '#lib/testing/factories.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { findSession } from '../find-session.ts';
import { getOwnProfile } from './own-profile.ts';
import { updateOwnProfile } from './update-own-profile.ts';

let world: World;
let teamId: string;
let userId: string;
beforeAll(async () => {
  world = await createWorld();
});
beforeEach(async () => {
  teamId = (await makeTeam(world)).id;
  userId = (await makeMember(world, teamId, 'viewer', { name: 'Ann' })).id;
});
afterAll(() => world.close());

const actor = () => userActor(teamId, 'viewer', { userId });
const update = (values: object) => execute(commandContext(world), actor(), updateOwnProfile, values);

test('a viewer changes name, zone and theme; what is left out stays, and the ledger holds before and after', async () => {
  await update({ name: '  Ann Lee ', timeZone: 'Europe/Berlin' });
  await update({ theme: 'dark' });
  const profile = await ask(commandContext(world), actor(), getOwnProfile, {});
  expect(profile).toMatchObject({ name: 'Ann Lee', timeZone: 'Europe/Berlin', theme: 'dark' });
  expect(await listAuditRows(world.db, teamId, 2)).toMatchObject([
    {
      action: 'profile.update',
      targetId: userId,
      details: { before: { theme: null }, after: { theme: 'dark' } },
    },
    { details: { before: { name: 'Ann', timeZone: null }, after: { timeZone: 'Europe/Berlin' } } },
  ]);
});

test('the session carries zone and theme to every page', async () => {
  const { token } = await makeSession(world, userId);
  const preferences = async () => (await findSession(world.db, token, new Date(), 3_600_000))?.preferences;
  expect(await preferences()).toEqual({ theme: null, timeZone: null });
  await update({ timeZone: 'Asia/Tokyo', theme: 'light' });
  expect(await preferences()).toEqual({ theme: 'light', timeZone: 'Asia/Tokyo' });
});

test('a name that is too long is refused in words and not cut', async () => {
  await expect(update({ name: 'x'.repeat(121) })).rejects.toMatchObject({
    code: 'invalid',
    issues: [{ path: 'name', message: 'A name has at most 120 characters.' }],
  });
});

test('security Z8: no other column of the own account can be set', async () => {
  for (const values of [{ globalRole: 'admin' }, { email: 'x@example.test' }, { timeZone: 'Mars/Olympus' }]) {
    await expect(update(values)).rejects.toMatchObject({ code: 'invalid' });
  }
});

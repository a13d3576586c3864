import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { memberships, roles, users } from '#db/schema/members.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import { makeMember, makeTeam, makeUser } from '#lib/testing/factories.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { grantsOf, readGrants } from './grants.ts';

let world: World;
let teamId: string;
let otherId: string;
beforeAll(async () => {
  world = await createWorld();
  teamId = (await makeTeam(world)).id;
  otherId = (await makeTeam(world)).id;
});
afterAll(() => world.close());

async function makeRole(permissions: string[], ofTeam: string | null = null): Promise<string> {
  const id = uuidv7();
  await world.db.insert(roles).values({ id, teamId: ofTeam, name: `Role ${id}`, permissions });
  return id;
}

test('roles of a team count there only, and what hand and groups grant adds up', async () => {
  const { id } = await makeMember(world, teamId, 'viewer');
  const groupRole = await makeRole(['alerts:acknowledge']);
  await world.db.update(memberships).set({ groupRole }).where(eq(memberships.userId, id));
  const grants = await grantsOf(world.db, id);
  expect(grants.permissionsIn(teamId).has('alerts:acknowledge')).toBe(true);
  expect(grants.permissionsIn(teamId).has('agents:create')).toBe(false);
  expect(grants.labelIn(teamId)).toBe(`viewer, Role ${groupRole}`);
  expect([grants.belongsTo(otherId), grants.permissionsIn(otherId).size]).toEqual([false, 0]);
});

test('a global role holds in every team, also where the person is no member', async () => {
  const globalRole = await makeRole(['audit:read', 'teams:create']);
  const { id } = await makeUser(world, { globalRole });
  const grants = await grantsOf(world.db, id);
  expect(grants.isGlobal).toBe(true);
  expect([...grants.permissionsIn(otherId)].toSorted()).toEqual(['audit:read', 'teams:create']);
});

test('security Z7: a role of one team gives nothing in another, whatever a row says', async () => {
  const { id } = await makeUser(world);
  const role = await makeRole(['agents:delete'], otherId);
  await world.db.insert(memberships).values({ teamId, userId: id, role });
  await world.db.update(users).set({ groupGlobalRole: role }).where(eq(users.id, id));
  const grants = await grantsOf(world.db, id);
  expect([grants.isGlobal, grants.permissionsIn(teamId).size, grants.permissionsIn(otherId).size]).toEqual([
    false,
    0,
    0,
  ]);
});

test('somebody without any role holds nothing', async () => {
  const { id } = await makeUser(world);
  const grants = await readGrants(world.db, [id]);
  expect(grants.get(id)?.permissionsIn(teamId).size).toBe(0);
});

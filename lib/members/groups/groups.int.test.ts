import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { memberships, roles, teams, users } from '#db/schema/members.ts';
import { groupMappings, identityProviders } from '#db/schema/sign-in.ts';
import type { SystemActor, UserActor } from '#lib/access/actor.ts';
import { grantsOf } from '#lib/access/grants.ts';
import { listAuditRows } from '#lib/audit/queries.ts';
import { execute } from '#lib/command/define-command.ts';
import type { GroupMapping, GroupsFrom } from '#lib/model/identity-provider.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import {
  commandContext,
  ENVIRONMENT_ISSUER as ISSUER,
  testOrigin,
  userActor,
} from '#lib/testing/command-context.ts';
import { makeMember, makeSession, makeTeam, makeUser } from '#lib/testing/factories.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { findSession } from '../find-session.ts';
import { readMappings } from './apply-group-roles.ts';
import { saveGroupMappings } from './save-group-mappings.ts';
import { syncGroups } from './sync-groups.ts';

const HOUR_MS = 3_600_000;
let world: World;
let teamId: string;
let otherId: string;
let owner: UserActor;
beforeAll(async () => {
  world = await createWorld();
  teamId = (await makeTeam(world, { slug: 'default' })).id;
  otherId = (await makeTeam(world)).id;
});
beforeEach(async () => {
  await world.db.delete(groupMappings);
  await world.db.delete(identityProviders);
  const { id } = await makeUser(world, { globalRole: 'admin' });
  owner = await actorOf(id);
});
afterAll(() => world.close());

/** Somebody as their session would make them, with what they hold in truth. */
async function actorOf(userId: string): Promise<UserActor> {
  const permissions = (await grantsOf(world.db, userId)).permissionsIn(teamId);
  return userActor(teamId, 'admin', { userId, permissions });
}
async function map(mappings: GroupMapping[], actor = owner, context = commandContext(world)) {
  return execute(context, actor, saveGroupMappings, { mappings, seen: await readMappings(world.db) });
}
const system = (): SystemActor => ({
  kind: 'system',
  name: 'single sign-on',
  teamId,
  grants: ['members:sync-groups'],
  origin: testOrigin,
});
const arrive = (
  userId: string,
  groups: string[],
  context = commandContext(world),
  groupsFrom: GroupsFrom = 'id-token',
) => execute(context, system(), syncGroups, { userId, issuer: ISSUER, groups, groupsFrom });
const rolesOf = async (userId: string) => {
  const rows = await world.db.select().from(memberships).where(eq(memberships.userId, userId));
  return Object.fromEntries(rows.map((row) => [row.teamId, [row.role, row.groupRole]]));
};

test('security A11: groups give roles at each sign-in, and a removed group takes its role within the same act', async () => {
  await map([
    { issuer: null, group: 'ops', teamId, role: 'admin' },
    { issuer: null, group: 'dev', teamId: otherId, role: 'developer' },
    { issuer: null, group: 'owners', teamId: null, role: 'viewer' },
  ]);
  const { id } = await makeUser(world);
  const context = commandContext(world);
  await arrive(id, ['ops', 'dev', 'owners'], context);
  expect(await rolesOf(id)).toEqual({ [teamId]: [null, 'admin'], [otherId]: [null, 'developer'] });
  expect((await grantsOf(world.db, id)).isGlobal).toBe(true);
  await arrive(id, ['dev'], context);
  expect(await rolesOf(id)).toEqual({ [otherId]: [null, 'developer'] });
  expect((await grantsOf(world.db, id)).isGlobal).toBe(false);
  const announced = context.published.map(([, payload]) => JSON.parse(payload));
  expect(announced).toEqual(Array(2).fill({ type: 'access.changed', userId: id }));
  const [row] = await listAuditRows(world.db, teamId, 1);
  expect(row).toMatchObject({
    action: 'member.sync-groups',
    targetId: id,
    details: {
      before: { globalRole: 'viewer' },
      after: { globalRole: null, teams: { [otherId]: 'developer' } },
    },
  });
});

test('security A3, A4: whose groups give other roles signs in again, at a sign-in as by a changed mapping', async () => {
  const live = async ({ token }: { token: string }) =>
    (await findSession(world.db, token, new Date(), HOUR_MS)) !== null;
  await map([{ issuer: null, group: 'crew', teamId, role: 'admin' }]);
  const { id } = await makeUser(world);
  const first = await makeSession(world, id);
  const context = commandContext(world);
  await arrive(id, ['crew'], context);
  expect(await live(first)).toBe(false);
  expect(context.published.map(([, payload]) => JSON.parse(payload))).toEqual([
    { type: 'access.changed', userId: id },
    { type: 'sessions.revoked', userId: id, sessionIds: [first.id] },
  ]);
  const second = await makeSession(world, id);
  await arrive(id, ['crew', 'others']);
  expect(await live(second)).toBe(true);
  await map([{ issuer: null, group: 'crew', teamId, role: 'viewer' }]);
  expect(await live(second)).toBe(false);
});

test('security A11: a pointer in place of the groups takes no role away and says so; a list that came empty does', async () => {
  await map([{ issuer: null, group: 'ops', teamId, role: 'admin' }]);
  const { id } = await makeUser(world);
  await arrive(id, ['ops']);
  await arrive(id, [], commandContext(world), 'elsewhere');
  expect(await rolesOf(id)).toEqual({ [teamId]: [null, 'admin'] });
  const [row] = await listAuditRows(world.db, teamId, 1);
  expect(row?.details).toMatchObject({ after: { groupsFrom: 'elsewhere', groupsKept: 1 } });
  await arrive(id, [], commandContext(world), 'nowhere');
  expect(await rolesOf(id)).toEqual({});
});

test('security A11: a role granted by hand outlives the groups, and the row goes with the last role', async () => {
  await map([{ issuer: null, group: 'ops', teamId, role: 'admin' }]);
  const { id } = await makeMember(world, teamId, 'viewer');
  await arrive(id, ['ops']);
  expect(await rolesOf(id)).toEqual({ [teamId]: ['viewer', 'admin'] });
  await arrive(id, []);
  expect(await rolesOf(id)).toEqual({ [teamId]: ['viewer', null] });
});

test('security A11: a changed mapping holds at once for groups that are known, with a row in the ledger for each', async () => {
  await map([{ issuer: null, group: 'ops', teamId, role: 'admin' }]);
  const { id } = await makeUser(world);
  await arrive(id, ['ops']);
  const context = commandContext(world);
  expect(await map([{ issuer: null, group: 'ops', teamId, role: 'viewer' }], owner, context)).toEqual({
    changed: 1,
  });
  expect(await rolesOf(id)).toEqual({ [teamId]: [null, 'viewer'] });
  expect(context.published.map(([, payload]) => JSON.parse(payload))).toEqual([
    { type: 'access.changed', userId: id },
  ]);
  const rows = await listAuditRows(world.db, teamId, 2);
  expect(rows.map(({ action }) => action).sort()).toEqual(['group-mapping.save', 'member.sync-groups']);
  await map([]);
  expect(await rolesOf(id)).toEqual({});
});

test('security A11: the default role of the provider holds while no mapping gives any', async () => {
  const values = { name: 'ID', clientId: 'c', clientSecret: 's', enabled: true, defaultRole: 'viewer' };
  const { id: userId } = await makeUser(world, { provisionedIssuer: 'https://id.example' });
  await world.db
    .insert(identityProviders)
    .values({ ...values, id: uuidv7(), slug: 'id', issuer: 'https://id.example' });
  await map([{ issuer: null, group: 'dev', teamId: otherId, role: 'developer' }]);
  await arrive(userId, []);
  expect(await rolesOf(userId)).toEqual({ [teamId]: [null, 'viewer'] });
  await arrive(userId, ['dev']);
  expect(await rolesOf(userId)).toEqual({ [otherId]: [null, 'developer'] });
});

test('security Z6: nobody maps a group to a role that gives more than they hold there', async () => {
  const role = uuidv7();
  const permissions = ['identity-providers:manage', 'members:read'];
  await world.db.insert(roles).values({ id: role, teamId: null, name: `SSO ${role}`, permissions });
  const keeper = await actorOf((await makeUser(world, { globalRole: role })).id);
  const refused = map([{ issuer: null, group: 'mine', teamId, role: 'admin' }], keeper);
  await expect(refused).rejects.toMatchObject({ code: 'forbidden' });
  await expect(map([{ issuer: null, group: 'mine', teamId: null, role: 'viewer' }], keeper)).rejects.toThrow(
    /cannot hand on/,
  );
  expect(await readMappings(world.db)).toEqual([]);
  // What stands there already may stay and be put into another order.
  const held = { issuer: null, group: 'sso', teamId: null, role };
  const given = { issuer: null, group: 'ops', teamId, role: 'admin' };
  await map([given]);
  await map([held, given], keeper);
  expect(await readMappings(world.db)).toEqual([held, given]);
});

test('security Z6: nobody takes a mapping away, or puts another before it, that gives more than they hold', async () => {
  const role = uuidv7();
  const permissions = ['identity-providers:manage', 'agents:read'];
  await world.db.insert(roles).values({ id: role, teamId: null, name: `SSO ${role}`, permissions });
  const keeper = await actorOf((await makeUser(world, { globalRole: role })).id);
  const small = { issuer: null, group: 'all', teamId, role };
  const [weak, strong] = [small, { issuer: null, group: 'ops', teamId, role: 'admin' }];
  const refused = { code: 'forbidden', message: expect.stringContaining('at least as much') };
  await map([weak, strong]);
  for (const rows of [[], [weak], [{ ...weak, group: 'ops-too' }, strong], [strong, weak]])
    await expect(map(rows, keeper)).rejects.toMatchObject(refused);
  expect(await readMappings(world.db)).toEqual([weak, strong]);
  await map([strong, weak]);
  await map([strong], keeper);
  await map([strong, { ...weak, group: 'new' }], keeper);
});

test('security Z6: nobody takes the default role of a provider from a group, or lets it through, that gives more than they hold', async () => {
  const role = uuidv7();
  const permissions = ['identity-providers:manage', 'agents:read'];
  await world.db.insert(roles).values({ id: role, teamId: null, name: `SSO ${role}`, permissions });
  const keeper = await actorOf((await makeUser(world, { globalRole: role })).id);
  const values = { name: 'ID', clientId: 'c', clientSecret: 's', enabled: true, defaultRole: 'developer' };
  await world.db
    .insert(identityProviders)
    .values({ ...values, id: uuidv7(), slug: 'id', issuer: 'https://id.example' });
  const small = { issuer: null, group: 'all', teamId, role };
  await expect(map([small], keeper)).rejects.toMatchObject({
    code: 'forbidden',
    message: expect.stringContaining('at least as much'),
  });
  await map([small]);
  await expect(map([], keeper)).rejects.toMatchObject({
    code: 'forbidden',
    message: expect.stringContaining('cannot hand on'),
  });
  // Where the group is mapped does not touch those who are in none.
  expect(await map([{ ...small, teamId: otherId }], keeper)).toEqual({ changed: 0 });
});

test('security Z6: the mapping that gives the last admin their role stays', async () => {
  await map([{ issuer: null, group: 'owners', teamId: null, role: 'admin' }]);
  const { id } = await makeUser(world);
  await arrive(id, ['owners']);
  await world.db.update(users).set({ globalRole: null });
  await expect(map([], await actorOf(id))).rejects.toMatchObject({ code: 'conflict' });
  expect(await readMappings(world.db)).toHaveLength(1);
});

test('security Z7: a role of one team is mapped in that team only', async () => {
  const role = uuidv7();
  await world.db.insert(roles).values({ id: role, teamId: otherId, name: 'Of the other', permissions: [] });
  await expect(map([{ issuer: null, group: 'a', teamId, role }])).rejects.toMatchObject({ code: 'invalid' });
  await expect(map([{ issuer: null, group: 'a', teamId: null, role }])).rejects.toMatchObject({
    code: 'invalid',
  });
  await map([{ issuer: null, group: 'a', teamId: otherId, role }]);
});

test('a mapping that somebody else changed meanwhile is a conflict, and a group has one place once', async () => {
  const stale = execute(commandContext(world), owner, saveGroupMappings, {
    mappings: [],
    seen: [{ issuer: null, group: 'gone', teamId, role: 'viewer' }],
  });
  await expect(stale).rejects.toMatchObject({ code: 'conflict' });
  const twice = { issuer: null, group: 'a', teamId, role: 'viewer' };
  await expect(map([twice, { ...twice, role: 'admin' }])).rejects.toMatchObject({
    code: 'invalid',
    issues: [{ path: 'mappings.1.group' }],
  });
});

test('security A16: an old sign-in changes no mapping', async () => {
  const stale = { ...owner, signedInAtMs: Date.now() - 16 * 60_000 };
  await expect(map([], stale)).rejects.toMatchObject({ code: 'reauthentication_required' });
});

test('a deleted account is not given anything any more', async () => {
  const { id } = await makeUser(world, { status: 'deleted' });
  await expect(arrive(id, ['ops'])).rejects.toMatchObject({ code: 'not_found' });
  expect(await world.db.select().from(teams).where(eq(teams.id, teamId))).toHaveLength(1);
  expect(await world.db.select({ groups: users.claimedGroups }).from(users).where(eq(users.id, id))).toEqual([
    { groups: [] },
  ]);
});

import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { memberships, users } from '#db/schema/members.ts';
import type { UserActor } from '#lib/access/actor.ts';
import { grantsOf } from '#lib/access/grants.ts';
import { listAuditRows } from '#lib/audit/queries.ts';
import { execute } from '#lib/command/define-command.ts';
import { ask } from '#lib/command/define-query.ts';
import { actorOf, makeRole } from '#lib/testing/access-world.ts';
import { commandContext, userActor } from '#lib/testing/command-context.ts';
import { makeMember, makeSession, makeTeam, makeUser } from '#lib/testing/factories.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { findSession } from '../find-session.ts';
import { createGlobalRole, createTeamRole } from './create-role.ts';
import { deleteTeamRole } from './delete-role.ts';
import { listRoles, previewRole } from './queries.ts';
import { updateGlobalRole, updateTeamRole } from './update-role.ts';

let world: World;
let context: ReturnType<typeof commandContext>;
let teamId: string;
let admin: UserActor;
beforeAll(async () => {
  world = await createWorld();
});
beforeEach(async () => {
  context = commandContext(world);
  teamId = (await makeTeam(world)).id;
  admin = await actorOf(world, teamId, (await makeMember(world, teamId, 'admin')).id);
});
afterAll(() => world.close());

const responder = { name: 'Responder', permissions: ['agents:read', 'alerts:acknowledge'] as const };
const make = (values: object = {}, actor = admin) =>
  execute(context, actor, createTeamRole, {
    ...responder,
    permissions: [...responder.permissions],
    ...values,
  });
const events = () => context.published.map(([, payload]) => JSON.parse(payload));

test('a role of the team is made, listed with what it holds, and stands in the ledger', async () => {
  const { id } = await make({ description: 'Answers pages' });
  const { roles, permissions } = await ask(context, admin, listRoles, {});
  expect(roles.map(({ name, scope }) => [name, scope])).toEqual([
    ['Admin', 'built-in'],
    ['Developer', 'built-in'],
    ['Viewer', 'built-in'],
    ['Responder', 'team'],
  ]);
  expect(roles.at(-1)).toMatchObject({
    id,
    holders: 0,
    editable: true,
    version: 1,
    permissions: responder.permissions,
  });
  expect(permissions.find(({ permission }) => permission === 'alerts:acknowledge')).toMatchObject({
    says: expect.stringContaining('Acknowledge'),
    held: true,
  });
  expect(await listAuditRows(world.db, teamId, 5)).toMatchObject([
    { action: 'role.create', targetId: id, details: { after: { name: 'Responder' } } },
  ]);
});

test('a change holds for whoever holds the role, and is announced to their sockets', async () => {
  const { id } = await make();
  const person = await makeMember(world, teamId, 'viewer');
  await world.db.update(memberships).set({ role: id }).where(eq(memberships.userId, person.id));
  const change = { id, version: 1, ...responder, permissions: ['agents:read' as const] };
  expect(await execute(context, admin, updateTeamRole, change)).toMatchObject({ id, version: 2 });
  expect([...(await grantsOf(world.db, person.id)).permissionsIn(teamId)]).toEqual(['agents:read']);
  expect(events()).toContainEqual({ type: 'access.changed', userId: person.id });
  await expect(execute(context, admin, updateTeamRole, change)).rejects.toMatchObject({ code: 'conflict' });
});

test('security A3, A4: whoever may do more or less by what a role holds signs in again, and nobody else does', async () => {
  const { id } = await make();
  const [holder, covered, other] = [
    await makeMember(world, teamId, id),
    await makeMember(world, teamId, id, { globalRole: 'admin' }),
    await makeMember(world, teamId, 'viewer'),
  ];
  const live = async (userId: string) => {
    const { token } = await makeSession(world, userId);
    return async () => (await findSession(world.db, token, new Date(), 3_600_000)) !== null;
  };
  const change = (version: number, name: string, permissions: string[]) =>
    execute(context, admin, updateTeamRole, { id, version, name, permissions });
  const lives = async () => Promise.all([holder, covered, other].map(({ id: userId }) => live(userId)));
  const ask = async (asked: Awaited<ReturnType<typeof lives>>) => Promise.all(asked.map((one) => one()));

  const renamed = await lives();
  await change(1, 'Pager', [...responder.permissions]);
  expect(await ask(renamed)).toEqual([true, true, true]);
  await change(2, 'Pager', ['agents:read']);
  expect(await ask(renamed)).toEqual([false, true, true]);
  const widened = await lives();
  await change(3, 'Pager', ['agents:read', 'agents:delete']);
  expect(await ask(widened)).toEqual([false, true, true]);
  expect(events()).toContainEqual(
    expect.objectContaining({
      type: 'sessions.revoked',
      userId: holder.id,
      sessionIds: [expect.any(String)],
    }),
  );
  expect((await listAuditRows(world.db, teamId, 1))[0]).toMatchObject({
    details: { after: { sessionsEnded: 1 } },
  });
});

test('a role that lets nobody in says so, and whom a change of it shuts out; nobody shuts themselves out', async () => {
  const entering = [...responder.permissions, 'sessions:start' as const];
  const made = await make({ permissions: entering });
  expect(made).toEqual({ id: made.id, version: 1 });
  expect(await make({ name: 'Extra' })).toMatchObject({
    warning: expect.stringMatching(/with this role alone cannot sign in.+“Sign in”/),
  });
  await makeMember(world, teamId, made.id, { name: 'Grace' });
  await makeMember(world, teamId, made.id, { globalRole: 'viewer' });
  const change = (version: number, permissions: string[], actor = admin) =>
    execute(context, actor, updateTeamRole, { id: made.id, version, name: 'Responder', permissions });
  expect((await change(1, [...responder.permissions])).warning).toBe(
    'Grace can no longer sign in: none of their roles holds the permission “Sign in”.',
  );
  expect(await change(2, entering)).toEqual({ id: made.id, version: 3 });
  const own = await makeRole(world, teamId, ['roles:manage', 'sessions:start']);
  const keeper = await actorOf(world, teamId, (await makeMember(world, teamId, own)).id);
  const shutting = { id: own, version: 1, name: 'Keeper', permissions: ['roles:manage' as const] };
  await expect(execute(context, keeper, updateTeamRole, shutting)).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('You could not sign in any more'),
  });
});

test('the loser of two changes of one role gets a conflict', async () => {
  const { id } = await make();
  const change = (name: string) =>
    execute(context, admin, updateTeamRole, { id, version: 1, name, permissions: [] });
  const results = await Promise.allSettled([change('One'), change('Two')]);
  expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  expect(results.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'conflict' } });
});

test('security Z6: nobody takes out of a role, and so from those who have it, what they do not hold themselves', async () => {
  const { id } = await make({ permissions: ['agents:read', 'agents:delete'] });
  const keeper = await makeRole(world, teamId, ['roles:manage', 'agents:read']);
  const actor = await actorOf(world, teamId, (await makeMember(world, teamId, keeper)).id);
  const change = (permissions: string[]) =>
    execute(context, actor, updateTeamRole, { id, version: 1, name: 'Renamed', permissions });
  await expect(change(['agents:read'])).rejects.toMatchObject({ code: 'forbidden' });
  expect(await change(['agents:delete'])).toMatchObject({ id, version: 2 });
  await expect(execute(context, actor, deleteTeamRole, { id })).rejects.toMatchObject({ code: 'forbidden' });
});

test('a role that somebody holds stays, with their number; one that nobody needs goes', async () => {
  const { id } = await make();
  const person = await makeMember(world, teamId, 'viewer');
  await world.db.update(memberships).set({ groupRole: id }).where(eq(memberships.userId, person.id));
  await expect(execute(context, admin, deleteTeamRole, { id })).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('1 person'),
  });
  await world.db.update(memberships).set({ groupRole: null }).where(eq(memberships.userId, person.id));
  await execute(context, admin, deleteTeamRole, { id });
  expect((await ask(context, admin, listRoles, {})).roles).toHaveLength(3);
});

test('security Z6: nobody puts into a role what they do not hold, neither at first nor later', async () => {
  const keeper = await makeRole(world, teamId, ['roles:manage', 'roles:read', 'agents:read']);
  const person = await makeMember(world, teamId, 'viewer');
  await world.db.update(memberships).set({ role: keeper }).where(eq(memberships.userId, person.id));
  const actor = await actorOf(world, teamId, person.id);
  await expect(make({}, actor)).rejects.toMatchObject({
    code: 'forbidden',
    message: expect.stringContaining('“Acknowledge alerts”'),
  });
  const { id } = await make({ permissions: ['agents:read'] }, actor);
  const more = { id, version: 1, name: 'More', permissions: ['agents:read', 'members:manage'] as const };
  const widen = execute(context, actor, updateTeamRole, { ...more, permissions: [...more.permissions] });
  await expect(widen).rejects.toMatchObject({ code: 'forbidden' });
  const own = {
    id: keeper,
    version: 1,
    name: 'Keeper',
    permissions: ['roles:manage', 'agents:delete'] as const,
  };
  const widenOwn = execute(context, actor, updateTeamRole, { ...own, permissions: [...own.permissions] });
  await expect(widenOwn).rejects.toMatchObject({ code: 'forbidden' });
});

test('security Z6: what a team gives somebody does not go into a role of the installation', async () => {
  const maker = await makeRole(world, null, ['global-roles:manage', 'agents:read']);
  const person = await makeMember(world, teamId, 'admin', { globalRole: maker });
  const actor = await actorOf(world, teamId, person.id);
  const create = (permissions: ('agents:read' | 'agents:delete')[]) =>
    execute(context, actor, createGlobalRole, { name: `Everywhere ${permissions}`, permissions });
  await expect(create(['agents:delete'])).rejects.toMatchObject({ code: 'forbidden' });
  const { id } = await create(['agents:read']);
  await execute(context, actor, updateGlobalRole, { id, version: 1, name: 'Nothing', permissions: [] });
});

test('security Z6: the last who may manage the members of a team cannot take that from their own role', async () => {
  const lead = await makeRole(world, teamId, ['roles:manage', 'members:manage']);
  await world.db.update(memberships).set({ role: lead }).where(eq(memberships.userId, admin.userId));
  const drop = { id: lead, version: 1, name: 'Lead', permissions: ['roles:manage' as const] };
  await expect(execute(context, admin, updateTeamRole, drop)).rejects.toMatchObject({ code: 'conflict' });
  await makeMember(world, teamId, 'admin');
  await execute(context, admin, updateTeamRole, drop);
});

test('security Z7: a team reaches neither the roles of another team nor those of the installation', async () => {
  const other = await makeRole(world, (await makeTeam(world)).id, ['agents:read']);
  const ofAll = await makeRole(world, null, ['agents:read']);
  for (const id of [other, ofAll]) {
    const change = { id, version: 1, name: 'Mine', permissions: [] };
    await expect(execute(context, admin, updateTeamRole, change)).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(execute(context, admin, deleteTeamRole, { id })).rejects.toMatchObject({
      code: 'not_found',
    });
  }
  const seen = (await ask(context, admin, listRoles, {})).roles.map(({ id }) => id);
  expect([seen.includes(other), seen.includes(ofAll)]).toEqual([false, true]);
});

test('security Z3: a role of a team holds nothing that concerns the installation', async () => {
  const create = make({ permissions: ['teams:delete'] });
  await expect(create).rejects.toMatchObject({ code: 'invalid', issues: [{ path: 'permissions.0' }] });
});

test('security A16: making and changing roles needs a sign-in of the last minutes', async () => {
  const stale = { ...admin, signedInAtMs: Date.now() - 16 * 60_000 };
  await expect(make({}, stale)).rejects.toMatchObject({ code: 'reauthentication_required' });
});

test('names are told apart whatever their case, also from built-in ones', async () => {
  await make();
  await expect(make({ name: 'responder' })).rejects.toMatchObject({ code: 'conflict' });
  await expect(make({ name: 'ADMIN' })).rejects.toMatchObject({ code: 'conflict' });
});

test('the weaker roles may look at most', async () => {
  await expect(make({}, userActor(teamId, 'developer'))).rejects.toMatchObject({ code: 'forbidden' });
  await expect(ask(context, userActor(teamId, 'viewer'), listRoles, {})).rejects.toMatchObject({
    code: 'forbidden',
  });
});

test('a preview says what a member would gain and lose, and speaks of nobody else', async () => {
  const person = await makeMember(world, teamId, 'developer');
  const permissions = ['agents:read', 'members:manage', 'teams:create'];
  const preview = await ask(context, admin, previewRole, { permissions, userId: person.id });
  expect(preview.allows).toEqual(['agents:read', 'members:manage']);
  expect(preview.gains).toEqual(['members:manage']);
  expect(preview.loses).toContain('agents:delete');
  const { id } = await makeUser(world);
  const foreign = ask(context, admin, previewRole, { permissions, userId: id });
  await expect(foreign).rejects.toMatchObject({ code: 'not_found' });
  await world.db.update(users).set({ globalRole: 'developer' }).where(eq(users.id, person.id));
  expect((await ask(context, admin, previewRole, { permissions: [], userId: person.id })).loses).toEqual([]);
});

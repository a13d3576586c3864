import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { memberships, sessions } from '#db/schema/members.ts';
import { pushSubscriptions } from '#db/schema/notifications.ts';
import type { UserActor } from '#lib/access/actor.ts';
import { listAuditRows } from '#lib/audit/queries.ts';
import { execute } from '#lib/command/define-command.ts';
import { ask } from '#lib/command/define-query.ts';
import { actorOf, makeRole } from '#lib/testing/access-world.ts';
import { commandContext, userActor } from '#lib/testing/command-context.ts';
import { makeMember, makeSession, makeTeam, makeUser } from '#lib/testing/factories.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { endAnySession } from '../end-session.ts';
import { findSession } from '../find-session.ts';
import { changeMemberRole } from './change-role.ts';
import { listMembers } from './list-members.ts';
import { endMemberSessions, listMemberSessions } from './member-sessions.ts';
import { removeMember } from './remove-member.ts';

const HOUR_MS = 3_600_000;
let world: World;
let context: ReturnType<typeof commandContext>;
let teamId: string;
let admin: UserActor;
let person: Awaited<ReturnType<typeof makeMember>>;
beforeAll(async () => {
  world = await createWorld();
});
beforeEach(async () => {
  context = commandContext(world);
  teamId = (await makeTeam(world)).id;
  admin = await actorOf(world, teamId, (await makeMember(world, teamId, 'admin')).id);
  person = await makeMember(world, teamId, 'viewer', { name: 'Ada' });
});
afterAll(() => world.close());

const change = (role: string | null, userId = person.id, actor = admin) =>
  execute(context, actor, changeMemberRole, { userId, role });
const remove = (userId: string, actor = admin) => execute(context, actor, removeMember, { userId });
const roleOf = async (userId: string) =>
  (await world.db.select().from(memberships).where(eq(memberships.userId, userId)))[0]?.role;
const events = () => context.published.map(([, payload]) => JSON.parse(payload));

test('members are listed with their roles by hand, by group and in every team', async () => {
  await world.db.update(memberships).set({ groupRole: 'developer' }).where(eq(memberships.userId, person.id));
  const global = await makeUser(world, { globalRole: 'viewer', totpConfirmedAt: new Date() });
  await makeUser(world, { name: 'stranger' });
  const { items } = await ask(context, admin, listMembers, {});
  expect(items.filter(({ isMember }) => isMember)).toHaveLength(2);
  expect(items.find(({ userId }) => userId === person.id)).toMatchObject({
    name: 'Ada',
    role: { id: 'viewer', name: 'Viewer' },
    groupRole: { id: 'developer' },
    hasSecondFactor: false,
    lastSignInAt: null,
  });
  expect(items.find(({ userId }) => userId === global.id)).toMatchObject({
    isMember: false,
    globalRoles: [{ id: 'viewer' }],
    hasSecondFactor: true,
  });
  expect(items.some(({ name }) => name === 'stranger')).toBe(false);
  expect(items.find(({ isYou }) => isYou)?.userId).toBe(admin.userId);
});

test('a member gets another role, which is announced and stands in the ledger with what was before', async () => {
  await change('developer');
  expect(await roleOf(person.id)).toBe('developer');
  expect(events()).toEqual([{ type: 'access.changed', userId: person.id }]);
  expect(await listAuditRows(world.db, teamId, 5)).toMatchObject([
    {
      action: 'member.change-role',
      targetId: person.id,
      details: { before: { role: 'viewer' }, after: { role: 'developer' } },
    },
  ]);
});

test('security A3, A4: with another role, or out of the team, a person signs in again; the browser keeps push', async () => {
  const live = async ({ token }: { token: string }) =>
    (await findSession(world.db, token, new Date(), HOUR_MS)) !== null;
  const own = async () => makeSession(world, person.id);
  const [first, others] = [await own(), await makeSession(world, admin.userId)];
  const keys = { p256dh: 'p'.repeat(87), auth: 'a'.repeat(22), userId: person.id };
  const endpoint = `https://push.example.test/${first.id}`;
  await world.db.insert(pushSubscriptions).values({ ...keys, endpoint, sessionId: first.id });
  await change('viewer');
  expect(await live(first)).toBe(true);
  await change('developer');
  expect([await live(first), await live(others)]).toEqual([false, true]);
  expect(events()).toContainEqual({
    ...{ type: 'sessions.revoked', userId: person.id, sessionIds: [first.id] },
  });
  const left = eq(pushSubscriptions.userId, person.id);
  expect(await world.db.select().from(pushSubscriptions).where(left)).toHaveLength(1);
  const second = await own();
  await remove(person.id);
  expect(await live(second)).toBe(false);
  await makeMember(world, teamId, 'admin');
  await change('viewer', admin.userId);
  expect(await live(others)).toBe(false);
});

test('a role that lets nobody in is given with a warning where no other role lets them in, and never to oneself', async () => {
  const shut = await makeRole(world, teamId, ['agents:read']);
  expect(await change(shut)).toEqual({
    userId: person.id,
    role: shut,
    warning: 'Ada can no longer sign in: none of their roles holds the permission “Sign in”.',
  });
  await makeMember(world, (await makeTeam(world)).id, 'viewer').then(({ id }) =>
    world.db.update(memberships).set({ userId: person.id }).where(eq(memberships.userId, id)),
  );
  await change('viewer');
  expect(await change(shut)).toEqual({ userId: person.id, role: shut });
  await makeMember(world, teamId, 'admin');
  await expect(change(shut, admin.userId)).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('You could not sign in any more'),
  });
  expect(await roleOf(admin.userId)).toBe('admin');
});

test('security Z6: nobody gives a role that holds more than they do, built-in or custom', async () => {
  const keeper = await makeRole(world, teamId, ['members:manage', 'members:read', 'agents:read']);
  await world.db.update(memberships).set({ role: keeper }).where(eq(memberships.userId, person.id));
  const actor = await actorOf(world, teamId, person.id);
  await expect(change('admin', person.id, actor)).rejects.toMatchObject({ code: 'forbidden' });
  const small = await makeRole(world, teamId, ['members:read']);
  const { id } = await makeMember(world, teamId, small);
  const more = await makeRole(world, teamId, ['agents:read', 'agents:delete']);
  await expect(change(more, id, actor)).rejects.toMatchObject({ code: 'forbidden' });
  await change(await makeRole(world, teamId, ['agents:read']), id, actor);
});

test('security Z6: nobody lowers or removes a member who may do what they may not, by whatever role', async () => {
  const keeper = await makeRole(world, teamId, ['members:manage', 'members:read', 'agents:read']);
  const { id } = await makeMember(world, teamId, keeper);
  const actor = await actorOf(world, teamId, id);
  const small = await makeRole(world, teamId, ['agents:read']);
  const grown = await makeRole(world, teamId, ['agents:read', 'agents:delete']);
  const stronger = [
    admin.userId,
    (await makeMember(world, teamId, grown)).id,
    (await makeMember(world, teamId, small, { globalRole: 'viewer' })).id,
  ];
  const byGroup = await makeMember(world, teamId, small);
  await world.db.update(memberships).set({ groupRole: grown }).where(eq(memberships.userId, byGroup.id));
  for (const userId of [...stronger, byGroup.id]) {
    const before = await roleOf(userId);
    await expect(change(small, userId, actor)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(remove(userId, actor)).rejects.toMatchObject({ code: 'forbidden' });
    expect(await roleOf(userId)).toBe(before);
  }
  expect(await listAuditRows(world.db, teamId, 2)).toMatchObject([
    { action: 'member.remove', outcome: 'denied' },
    { action: 'member.change-role', outcome: 'denied' },
  ]);
  const equal = (await makeMember(world, teamId, keeper)).id;
  await change(small, equal, actor);
  await remove(equal, actor);
});

test('security Z7: a role of another team and a member of another team do not exist here', async () => {
  const other = (await makeTeam(world)).id;
  const foreign = await makeMember(world, other, 'viewer');
  const missing = { code: 'not_found' };
  await expect(change(await makeRole(world, other, []))).rejects.toMatchObject(missing);
  await expect(change('viewer', foreign.id)).rejects.toMatchObject(missing);
  await expect(remove(foreign.id)).rejects.toMatchObject(missing);
  const sessions = ask(context, admin, listMemberSessions, { userId: foreign.id });
  await expect(sessions).rejects.toMatchObject(missing);
  const end = execute(context, admin, endMemberSessions, { userId: foreign.id });
  await expect(end).rejects.toMatchObject(missing);
});

test('security Z6: the last who may manage members is neither demoted nor removed, nor by a disabled other', async () => {
  await makeMember(world, teamId, 'admin', { status: 'disabled' });
  await expect(change('viewer', admin.userId)).rejects.toMatchObject({ code: 'conflict' });
  await expect(remove(admin.userId)).rejects.toMatchObject({ code: 'conflict' });
  expect(await roleOf(admin.userId)).toBe('admin');
  expect(events()).toEqual([]);
});

test('security Z6: of two admins who demote each other at once, one stays', async () => {
  for (let round = 0; round < 10; round++) {
    const team = (await makeTeam(world)).id;
    const people = await Promise.all([0, 1].map(() => makeMember(world, team, 'admin')));
    const [one, two] = await Promise.all(people.map(({ id }) => actorOf(world, team, id)));
    if (!one || !two) throw new Error('two admins');
    const results = await Promise.allSettled([
      change('viewer', two.userId, one),
      round % 2 === 0 ? change('viewer', one.userId, two) : remove(one.userId, two),
    ]);
    expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(results.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'conflict' },
    });
    const left = await world.db.select().from(memberships).where(eq(memberships.teamId, team));
    expect(left.filter(({ role }) => role === 'admin')).toHaveLength(1);
  }
});

test('a role by hand is taken back only where a group grants one', async () => {
  await expect(change(null)).rejects.toMatchObject({ code: 'conflict' });
  await world.db.update(memberships).set({ groupRole: 'viewer' }).where(eq(memberships.userId, person.id));
  await change(null);
  expect(await roleOf(person.id)).toBeNull();
});

test('who was removed from the team acts in it no more, and keeps the account', async () => {
  await remove(person.id);
  expect(await roleOf(person.id)).toBeUndefined();
  expect((await actorOf(world, teamId, person.id)).permissions.size).toBe(0);
  expect(await listAuditRows(world.db, teamId, 1)).toMatchObject([
    { action: 'member.remove', details: { before: { role: 'viewer' } } },
  ]);
});

test('security Z6: nobody signs out a member who may do what they may not, all at once or session by session', async () => {
  const keeper = await makeRole(world, teamId, ['sessions:end-any', 'agents:read']);
  const actor = await actorOf(world, teamId, (await makeMember(world, teamId, keeper)).id);
  const { token, id } = await makeSession(world, admin.userId);
  const refused = { code: 'forbidden' };
  const all = execute(context, actor, endMemberSessions, { userId: admin.userId });
  await expect(all).rejects.toMatchObject(refused);
  await expect(execute(context, actor, endAnySession, { id })).rejects.toMatchObject(refused);
  expect(await findSession(world.db, token, new Date(), 1000)).not.toBeNull();
  const equal = await makeSession(world, (await makeMember(world, teamId, keeper)).id);
  await execute(context, actor, endAnySession, { id: equal.id });
  expect(await findSession(world.db, equal.token, new Date(), 1000)).toBeNull();
});

test('security A6: an admin sees the sessions of a member and ends all of them', async () => {
  const { token, id } = await makeSession(world, person.id, { ip: '192.0.2.1' });
  await makeSession(world, person.id, { revokedAt: new Date() });
  const { items, person: who } = await ask(context, admin, listMemberSessions, { userId: person.id });
  expect(items).toMatchObject([{ id, ip: '192.0.2.1' }]);
  expect([who.name, JSON.stringify(items).includes(token)]).toEqual(['Ada', false]);
  expect(await execute(context, admin, endMemberSessions, { userId: person.id })).toMatchObject({ ended: 1 });
  expect(await findSession(world.db, token, new Date(), 1000)).toBeNull();
  expect(events()).toContainEqual({ type: 'sessions.revoked', userId: person.id, sessionIds: [] });
  expect(await world.db.select().from(sessions).where(eq(sessions.userId, person.id))).toHaveLength(2);
});

test('the weaker role sees members and changes nothing; a stale sign-in grants nothing (security A16)', async () => {
  const developer = userActor(teamId, 'developer');
  const { items } = await ask(context, developer, listMembers, {});
  expect(items.filter(({ isMember }) => isMember)).toHaveLength(2);
  await expect(change('developer', person.id, developer)).rejects.toMatchObject({ code: 'forbidden' });
  await expect(remove(person.id, developer)).rejects.toMatchObject({ code: 'forbidden' });
  const sessions = ask(context, developer, listMemberSessions, { userId: person.id });
  await expect(sessions).rejects.toMatchObject({ code: 'forbidden' });
  const stale = { ...admin, signedInAtMs: 0 };
  await expect(change('developer', person.id, stale)).rejects.toMatchObject({
    code: 'reauthentication_required',
  });
});

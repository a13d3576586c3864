import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { accounts, memberships, users } from '#db/schema/members.ts';
import { contactMethods } from '#db/schema/notifications.ts';
import { passkeys } from '#db/schema/sign-in.ts';
import type { UserActor } from '#lib/access/actor.ts';
import { grantsOf } from '#lib/access/grants.ts';
import { GRANTABLE } from '#lib/access/permissions.ts';
import { listAuditRows } from '#lib/audit/queries.ts';
import { execute } from '#lib/command/define-command.ts';
import { ask } from '#lib/command/define-query.ts';
import { actorOf, makeRole } from '#lib/testing/access-world.ts';
import { commandContext, userActor } from '#lib/testing/command-context.ts';
import { makeMember, makeSession, makeTeam, makeUser } from '#lib/testing/factories.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { findSession } from '../find-session.ts';
import { makeResetLink } from '../passwords/make-reset-link.ts';
import { resetSecondFactor } from '../second-factor/reset-second-factor.ts';
import { deleteAccount } from './delete-account.ts';
import { grantGlobalRole } from './grant-global-role.ts';
import { listAccounts } from './list-accounts.ts';
import { disableAccount, enableAccount, endAccountSessions } from './set-status.ts';

let world: World;
let context: ReturnType<typeof commandContext>;
let teamId: string;
let owner: UserActor;
beforeAll(async () => {
  world = await createWorld();
});
beforeEach(async () => {
  await world.db.update(users).set({ globalRole: null, groupGlobalRole: null });
  context = commandContext(world);
  teamId = (await makeTeam(world)).id;
  owner = await actorOf(world, teamId, (await makeUser(world, { globalRole: 'admin' })).id);
});
afterAll(() => world.close());

const live = (token: string) => findSession(world.db, token, new Date(), 3_600_000);
const statusOf = async (id: string) =>
  (await world.db.select().from(users).where(eq(users.id, id)))[0]?.status;
const grant = (userId: string, role: string | null, actor = owner) =>
  execute(context, actor, grantGlobalRole, { userId, role });
const events = () => context.published.map(([, payload]) => JSON.parse(payload));

test('security A4: disabling ends the sessions at once and says so to the sockets; enabling lets in again', async () => {
  const { id } = await makeMember(world, teamId, 'developer');
  const { token } = await makeSession(world, id);
  expect(await live(token)).not.toBeNull();
  await execute(context, owner, disableAccount, { userId: id });
  expect(await live(token)).toBeNull();
  expect(events()).toContainEqual({ type: 'sessions.revoked', userId: id, sessionIds: [] });
  await execute(context, owner, enableAccount, { userId: id });
  expect([await statusOf(id), await live(token)]).toEqual(['active', null]);
  expect((await grantsOf(world.db, id)).labelIn(teamId)).toBe('developer');
  expect((await listAuditRows(world.db, teamId, 2)).map(({ action }) => action)).toEqual([
    'account.enable',
    'account.disable',
  ]);
});

test('security A16: an account gets back in after a recent sign-in only, for its roles come back with it', async () => {
  const { id } = await makeMember(world, teamId, 'admin', { status: 'disabled' });
  const stale = { ...owner, signedInAtMs: Date.now() - 16 * 60_000 };
  await expect(execute(context, stale, enableAccount, { userId: id })).rejects.toMatchObject({
    code: 'reauthentication_required',
  });
  expect(await statusOf(id)).toBe('disabled');
});

test('security A3, A4: who gets or loses a role in every team signs in again', async () => {
  const { id } = await makeMember(world, teamId, 'viewer');
  for (const role of ['admin', null]) {
    const { token, id: sessionId } = await makeSession(world, id);
    await grant(id, role);
    expect(await live(token)).toBeNull();
    expect(events()).toContainEqual({ type: 'sessions.revoked', userId: id, sessionIds: [sessionId] });
    expect(await listAuditRows(world.db, teamId, 1)).toMatchObject([
      { action: 'account.grant-global-role', details: { after: { globalRole: role, sessionsEnded: 1 } } },
    ]);
  }
});

test('security U13: a deleted account keeps its id and acts in the ledger, and nothing of the person', async () => {
  const person = await makeMember(world, teamId, 'admin', {
    name: 'Ada Lovelace',
    passwordHash: 'x',
    totpSecret: 's',
    timeZone: 'Europe/London',
  });
  const { id, email } = person;
  await world.db.insert(accounts).values({ issuer: 'https://idp.example', subject: 'ada', userId: id });
  await world.db.insert(passkeys).values({
    userId: id,
    credentialId: Buffer.from('c'),
    publicKey: Buffer.from('k'),
    counter: 0,
    name: 'Phone',
  });
  const { token } = await makeSession(world, id);
  const acted = await actorOf(world, teamId, id);
  const { id: other } = await makeMember(world, teamId, 'viewer');
  await expect(execute(context, acted, disableAccount, { userId: other })).rejects.toThrow();
  await execute(context, owner, deleteAccount, { userId: id });
  expect(await live(token)).toBeNull();
  const [row] = await world.db.select().from(users).where(eq(users.id, id));
  expect(row).toMatchObject({
    status: 'deleted',
    name: '',
    passwordHash: null,
    totpSecret: null,
    timeZone: null,
  });
  expect(JSON.stringify(row)).not.toMatch(/ada|lovelace|example/i);
  for (const table of [memberships, accounts, passkeys, contactMethods]) {
    expect(await world.db.select().from(table).where(eq(table.userId, id))).toEqual([]);
  }
  const acts = await world.sql`select actor_id from audit_log where team_id = ${teamId}`;
  expect(acts.map(({ actor_id }) => actor_id)).toContain(id);
  expect((await makeUser(world, { email })).id).not.toBe(id);
  const gone = { code: 'not_found' };
  await expect(execute(context, owner, deleteAccount, { userId: id })).rejects.toMatchObject(gone);
  await expect(execute(context, owner, enableAccount, { userId: id })).rejects.toMatchObject(gone);
  await expect(grant(id, 'viewer')).rejects.toMatchObject(gone);
});

test('security Z6: the last admin of the installation is neither demoted, disabled nor deleted', async () => {
  const everything = GRANTABLE.map(({ permission }) => permission);
  const helperRole = await makeRole(world, null, everything);
  const helper = await actorOf(world, teamId, (await makeUser(world, { globalRole: helperRole })).id);
  await makeUser(world, { globalRole: 'admin', status: 'disabled' });
  const lost = { code: 'conflict', message: expect.stringContaining('last admin') };
  await expect(grant(owner.userId, null)).rejects.toMatchObject(lost);
  for (const command of [disableAccount, deleteAccount]) {
    await expect(execute(context, helper, command, { userId: owner.userId })).rejects.toMatchObject(lost);
  }
  expect(await statusOf(owner.userId)).toBe('active');
  await makeUser(world, { groupGlobalRole: 'admin' });
  await execute(context, helper, disableAccount, { userId: owner.userId });
});

test('security Z6: of two admins of the installation who end each other at once, one stays', async () => {
  for (let round = 0; round < 6; round++) {
    await world.db.update(users).set({ globalRole: null, groupGlobalRole: null });
    const people = await Promise.all([0, 1].map(() => makeUser(world, { globalRole: 'admin' })));
    const [one, two] = await Promise.all(people.map(({ id }) => actorOf(world, teamId, id)));
    if (!one || !two) throw new Error('two admins');
    const results = await Promise.allSettled([
      grant(two.userId, 'viewer', one),
      execute(context, two, round % 2 === 0 ? disableAccount : deleteAccount, { userId: one.userId }),
    ]);
    expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    // The demoted one holds nothing any more; or is the last.
    expect(results.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: expect.stringMatching(/^(conflict|forbidden)$/) },
    });
  }
});

test('security Z6: a global role is granted by whoever holds all of it everywhere, and roles of teams never are', async () => {
  const { id } = await makeMember(world, teamId, 'viewer');
  const ofTeam = await makeRole(world, teamId, ['agents:read']);
  await expect(grant(id, ofTeam)).rejects.toMatchObject({ code: 'not_found' });
  const helperRole = await makeRole(world, null, ['accounts:manage', 'agents:read']);
  const helper = await actorOf(
    world,
    teamId,
    (await makeMember(world, teamId, 'admin', { globalRole: helperRole })).id,
  );
  await expect(grant(helper.userId, 'admin', helper)).rejects.toMatchObject({ code: 'forbidden' });
  await expect(grant(id, 'viewer', helper)).rejects.toMatchObject({ code: 'forbidden' });
  await grant(id, helperRole, helper);
  expect((await grantsOf(world.db, id)).isGlobal).toBe(true);
  expect(events()).toContainEqual({ type: 'access.changed', userId: id });
  const stale = { ...owner, signedInAtMs: 0 };
  await expect(grant(id, null, stale)).rejects.toMatchObject({ code: 'reauthentication_required' });
});

test('security Z6: nobody changes or ends an account that may do what they may not, everywhere or in one of its teams', async () => {
  const helperRole = await makeRole(world, null, ['accounts:manage', 'agents:read']);
  const helper = await actorOf(world, teamId, (await makeUser(world, { globalRole: helperRole })).id);
  const elsewhere = (await makeTeam(world)).id;
  const leader = await makeMember(world, elsewhere, 'viewer', { totpConfirmedAt: new Date() });
  for (const userId of [owner.userId, leader.id]) {
    for (const command of [
      disableAccount,
      deleteAccount,
      resetSecondFactor,
      makeResetLink,
      endAccountSessions,
    ])
      await expect(execute(context, helper, command, { userId })).rejects.toMatchObject({
        code: 'forbidden',
      });
    await expect(grant(userId, null, helper)).rejects.toMatchObject({ code: 'forbidden' });
    expect(await statusOf(userId)).toBe('active');
  }
  const small = await makeRole(world, elsewhere, ['agents:read']);
  const { id } = await makeMember(world, elsewhere, small);
  await execute(context, helper, disableAccount, { userId: id });
  await execute(context, helper, enableAccount, { userId: id });
  await execute(context, helper, deleteAccount, { userId: id });
});

test('nobody ends their own account; ending all sessions of somebody is told in numbers', async () => {
  for (const command of [disableAccount, deleteAccount]) {
    await expect(execute(context, owner, command, { userId: owner.userId })).rejects.toMatchObject({
      code: 'conflict',
    });
  }
  const { id } = await makeUser(world);
  const tokens = [await makeSession(world, id), await makeSession(world, id)].map(({ token }) => token);
  expect(await execute(context, owner, endAccountSessions, { userId: id })).toEqual({ userId: id, ended: 2 });
  expect(await Promise.all(tokens.map(live))).toEqual([null, null]);
});

test('accounts are searched and walked page by page, each once', async () => {
  const mark = `page${Date.now()}`;
  for (let i = 0; i < 55; i++)
    await makeUser(world, { name: `${mark} ${i}`, email: `${mark}-${i}@example.test` });
  const first = await ask(context, owner, listAccounts, { q: mark.toUpperCase() });
  expect(first.items).toHaveLength(50);
  const second = await ask(context, owner, listAccounts, { q: mark, cursor: first.nextCursor ?? '' });
  expect(second).toMatchObject({ nextCursor: null });
  expect(new Set([...first.items, ...second.items].map(({ email }) => email)).size).toBe(55);
  const broken = ask(context, owner, listAccounts, { cursor: 'bm9uc2Vuc2U' });
  await expect(broken).rejects.toMatchObject({ code: 'invalid', issues: [{ path: 'cursor' }] });
  expect((await ask(context, owner, listAccounts, { q: '100%_\\' })).items).toEqual([]);
});

test('an admin of a team reaches no account, not even of the own team', async () => {
  const { id } = await makeMember(world, teamId, 'viewer');
  const admin = userActor(teamId, 'admin');
  const refused = { code: 'forbidden' };
  await expect(ask(context, admin, listAccounts, {})).rejects.toMatchObject(refused);
  for (const command of [disableAccount, deleteAccount, endAccountSessions]) {
    await expect(execute(context, admin, command, { userId: id })).rejects.toMatchObject(refused);
  }
  await expect(grant(id, 'viewer', admin)).rejects.toMatchObject(refused);
});

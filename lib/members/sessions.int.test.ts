import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { memberships, sessions, users } from '#db/schema/members.ts';
import { listAuditRows } from '#lib/audit/queries.ts';
import { INSTALLATION_LEDGER } from '#lib/audit/record.ts';
import { execute } from '#lib/command/define-command.ts';
import { ask } from '#lib/command/define-query.ts';
import { registerDevice } from '#lib/notifications/devices/devices.ts';
import { makeRole } from '#lib/testing/access-world.ts';
import { testOrigin, userActor } from '#lib/testing/command-context.ts';
import { makeTeam } from '#lib/testing/factories.ts';
import { type PasswordMember, passwordMember } from '#lib/testing/password-member.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { endOfSession } from './end-of-session.ts';
import { endAnySession, endOwnSession, endOwnSessions } from './end-session.ts';
import { endForNewRoles, endSessionsOf } from './end-sessions.ts';
import { actorIn } from './find-session.ts';
import { listOwnSessions } from './queries.ts';
import { signInWithPassword } from './sign-in-with-password.ts';
import { signIn as startFor } from './start-session.ts';

// Hashing is slow on purpose, and slower beside other work.
vi.setConfig({ testTimeout: 60_000 });

const HOUR_MS = 3_600_000;
let world: World;
let { clock, context, teamId, user, signIn, find } = {} as PasswordMember;
beforeAll(async () => {
  world = await createWorld();
});
beforeEach(async () => {
  ({ clock, context, teamId, user, signIn, find } = await passwordMember(world, 'developer'));
});
afterAll(() => world.close());

test('security A3: a session token has 256 bits, is stored as a hash only and is new at every sign-in', async () => {
  const first = await signIn();
  const second = await signIn({ replaces: first.token });
  expect(Buffer.from(first.token, 'base64url')).toHaveLength(32);
  expect(JSON.stringify(await world.db.select().from(sessions))).not.toContain(first.token);
  expect(second.token).not.toBe(first.token);
  expect(await find(first.token)).toBeNull();
  expect((await find(second.token))?.userId).toBe(user.id);
});

test('security A16: a session is as recent as its provider says, and not where that says nothing', async () => {
  const since = async (provedAt: Date | null) => {
    const provider = { issuer: 'https://id.example', sessionId: null, idToken: null, provedAt };
    const how = { method: 'single-sign-on', replaces: null, provider } as const;
    const { token } = await startFor(context, user.id, testOrigin, how);
    return (await find(token))?.signedInAtMs;
  };
  expect(await since(new Date(clock.now() - HOUR_MS))).toBe(clock.now() - HOUR_MS);
  expect(await since(null)).toBe(0);
  expect((await find((await signIn()).token))?.signedInAtMs).toBe(clock.now());
});

test('security A1: a session needs its live row and an active person', async () => {
  const { token } = await signIn();
  expect(await find('x'.repeat(43))).toBeNull();
  expect(await find('')).toBeNull();
  await world.db.update(users).set({ status: 'disabled' }).where(eq(users.id, user.id));
  expect(await find(token)).toBeNull();
});

test('security A4: ending a session holds at the next request and is announced to the sockets', async () => {
  const { token } = await signIn();
  const session = await find(token);
  const actor = session && actorIn(session, null, testOrigin);
  if (!actor) throw new Error('no session');
  await execute(context, actor, endOwnSession, { id: actor.sessionId });
  expect(await find(token)).toBeNull();
  expect(context.published.map(([, payload]) => JSON.parse(payload))).toContainEqual({
    type: 'sessions.revoked',
    userId: user.id,
    sessionIds: [actor.sessionId],
  });
});

test('security A4: a browser whose session was ended takes no more push, one whose session ran out still does', async () => {
  const device = async (sessionId: string) => {
    const endpoint = `https://push.example.test/${sessionId}`;
    const keys = { p256dh: 'p'.repeat(87), auth: 'a'.repeat(22) };
    const actor = userActor(teamId, 'developer', { userId: user.id, sessionId });
    await execute(context, actor, registerDevice, { endpoint, ...keys });
    return actor;
  };
  const sessionOf = async () => (await find((await signIn()).token))?.sessionId ?? '';
  const [left, other] = [await sessionOf(), await sessionOf()];
  const [leaving] = [await device(left), await device(other)];
  const reachable = async () =>
    (await world.sql`select session_id from push_subscriptions where user_id = ${user.id}`).map(
      (row) => row.session_id,
    );
  await execute(context, leaving, endOwnSession, { id: left });
  expect(await reachable()).toEqual([other]);
  clock.advance(30 * 24 * HOUR_MS);
  expect(await reachable()).toEqual([other]);
  await world.db.transaction((tx) => endSessionsOf(tx, user.id, new Date(), () => {}));
  expect(await reachable()).toEqual([]);
});

test('security A4, A6, U4: people sign out everywhere else, or here too, at once; nobody else is signed out', async () => {
  const other = await passwordMember(world, 'developer');
  const bystander = await other.signIn();
  const open = async () => {
    const { token } = await signIn();
    const session = await find(token);
    const actor = session && actorIn(session, null, testOrigin);
    if (!actor) throw new Error('no session');
    const endpoint = `https://push.example.test/${actor.sessionId}`;
    const keys = { p256dh: 'p'.repeat(87), auth: 'a'.repeat(22) };
    await execute(context, actor, registerDevice, { endpoint, ...keys });
    return { token, actor };
  };
  const reachable = async () =>
    (await world.sql`select session_id from push_subscriptions where user_id = ${user.id}`).map(
      (row) => row.session_id,
    );
  const [here, away, farAway] = [await open(), await open(), await open()];
  expect(await execute(context, here.actor, endOwnSessions, {})).toEqual({ ended: 2 });
  expect(await find(here.token)).not.toBeNull();
  expect([await find(away.token), await find(farAway.token)]).toEqual([null, null]);
  expect(await reachable()).toEqual([here.actor.sessionId]);
  expect(context.published.map(([, payload]) => JSON.parse(payload))).toContainEqual({
    type: 'sessions.revoked',
    userId: user.id,
    sessionIds: expect.arrayContaining([away.actor.sessionId, farAway.actor.sessionId]),
  });
  expect(await execute(context, here.actor, endOwnSessions, { here: true })).toEqual({ ended: 1 });
  expect(await find(here.token)).toBeNull();
  expect(await reachable()).toEqual([]);
  expect(await other.find(bystander.token)).not.toBeNull();
  const rows = await listAuditRows(world.db, teamId, 2);
  expect(rows).toMatchObject([
    { action: 'session.end-all', targetId: user.id, details: { after: { ended: 1, here: true } } },
    { action: 'session.end-all', targetId: user.id, details: { after: { ended: 2, here: false } } },
  ]);
});

test('security A3: who comes to sign in again is told how the session ended, and only who held it', async () => {
  const ended = async (token: string) => endOfSession(world.db, token, new Date(clock.now()));
  const { token } = await signIn();
  expect(await ended(token)).toBeNull();
  expect(await ended('x'.repeat(43))).toBeNull();
  const changed = await signIn();
  await world.db.transaction((tx) =>
    endForNewRoles({ tx, now: new Date(clock.now()), announce: () => {} }, user.id),
  );
  expect([await ended(token), await ended(changed.token)]).toEqual(['new-roles', 'new-roles']);
  const left = await signIn();
  await world.db.transaction((tx) => endSessionsOf(tx, user.id, new Date(clock.now()), () => {}));
  expect([await ended(left.token), await ended(token)]).toEqual(['ended', 'new-roles']);
  const idle = await signIn();
  clock.advance(12 * HOUR_MS);
  expect(await ended(idle.token)).toBe('ran-out');
});

test('security A5: a session ends without use, and after its longest life although it is used', async () => {
  const idle = await signIn();
  clock.advance(12 * HOUR_MS);
  expect(await find(idle.token)).toBeNull();
  const used = await signIn();
  for (let hours = 0; hours < 14 * 24 - 6; hours += 6) {
    clock.advance(6 * HOUR_MS);
    expect(await find(used.token)).not.toBeNull();
  }
  clock.advance(6 * HOUR_MS);
  expect(await find(used.token)).toBeNull();
});

test('security A6: people see and end their own sessions, admins those of their team, nobody else', async () => {
  const { token } = await signIn();
  const id = (await find(token))?.sessionId ?? '';
  const own = userActor(teamId, 'developer', { userId: user.id });
  expect(await ask(context, own, listOwnSessions, {})).toMatchObject([{ id, ip: testOrigin.ip }]);
  const stranger = userActor(teamId, 'developer');
  await expect(execute(context, stranger, endOwnSession, { id })).rejects.toMatchObject({
    code: 'not_found',
  });
  await expect(execute(context, stranger, endAnySession, { id })).rejects.toMatchObject({
    code: 'forbidden',
  });
  const otherAdmin = userActor((await makeTeam(world)).id, 'admin');
  await expect(execute(context, otherAdmin, endAnySession, { id })).rejects.toMatchObject({
    code: 'not_found',
  });
  await execute(context, userActor(teamId, 'admin'), endAnySession, { id });
  expect(await find(token)).toBeNull();
});

test('security A12: a wrong password, an unknown address and a disabled person are refused in the same words', async () => {
  const failure = (values: object) =>
    signIn(values).then(
      () => null,
      ({ code, message }) => ({ code, message }),
    );
  const wrong = await failure({ password: 'another password' });
  const unknown = await failure({ email: 'nobody@example.test' });
  await world.db.update(users).set({ status: 'disabled' }).where(eq(users.id, user.id));
  const disabled = await failure({});
  expect(wrong).toMatchObject({ code: 'unauthenticated' });
  expect([unknown, disabled]).toEqual([wrong, wrong]);
});

test('security A12: an unknown address costs as many questions to the database as a known one', async () => {
  const questions = async (email: string) => {
    let asked = 0;
    const db = new Proxy(world.db, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name);
        if (name === 'select' || name === 'execute') asked += 1;
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    const attempt = { email, password: 'another password', origin: testOrigin, replaces: null };
    await expect(signInWithPassword({ ...context, db }, attempt)).rejects.toThrow();
    return asked;
  };
  expect(await questions('nobody@example.test')).toBe(await questions(user.email));
});

test('security U4: a sign-in that worked and one that failed stand in the ledger', async () => {
  await signIn();
  await signIn({ password: 'canary password' }).catch(() => {});
  await signIn({ email: 'nobody@example.test' }).catch(() => {});
  const rows = await listAuditRows(world.db, teamId, 10);
  expect(rows).toMatchObject([
    { action: 'sign-in', outcome: 'failed', actorKind: 'anonymous', targetId: user.id },
    { action: 'sign-in', outcome: 'ok', actorKind: 'user', targetId: user.id },
  ]);
  const [unknown] = await listAuditRows(world.db, INSTALLATION_LEDGER, 1);
  expect(unknown).toMatchObject({ actorName: 'nobody@example.test', outcome: 'failed' });
  expect(JSON.stringify(rows)).not.toContain('canary');
});

test.each(['canary typed in the wrong field', 'canary', '@canary', 'canary@@example.test'])(
  'security U4: %j in the field of the address is no address and does not get into the ledger',
  async (typed) => {
    await expect(signIn({ email: typed })).rejects.toMatchObject({ code: 'unauthenticated' });
    const [row] = await listAuditRows(world.db, INSTALLATION_LEDGER, 1);
    expect(row).toMatchObject({ action: 'sign-in', outcome: 'failed', actorName: 'no e-mail address' });
    expect(JSON.stringify(await world.sql`select * from audit_log`)).not.toContain(typed);
  },
);

test('a person acts in the wanted team only where allowed, with the stronger of both roles', async () => {
  const other = await makeTeam(world);
  const { token } = await signIn();
  const act = async (wanted: string) => {
    const session = await find(token);
    return session && actorIn(session, wanted, testOrigin);
  };
  expect(await act(other.id)).toMatchObject({ teamId, role: 'developer' });
  await world.db.insert(memberships).values({ teamId: other.id, userId: user.id, role: 'viewer' });
  expect(await act(other.slug)).toMatchObject({ teamId: other.id, role: 'viewer' });
  await world.db.update(users).set({ globalRole: 'admin' }).where(eq(users.id, user.id));
  expect(await act(other.id)).toMatchObject({ teamId: other.id, role: 'admin' });
});

test('somebody signs in by any of their teams whose roles allow it; where none does they read what they lack and whom to ask', async () => {
  const mute = await makeRole(world, teamId, ['agents:read']);
  await world.db.update(memberships).set({ role: mute }).where(eq(memberships.userId, user.id));
  await expect(signIn()).rejects.toMatchObject({
    ...{
      code: 'forbidden',
      message: 'This needs the permission “Sign in”. Ask an admin of your team for it.',
    },
  });
  const later = await makeTeam(world);
  await world.db.insert(memberships).values({ teamId: later.id, userId: user.id, role: 'viewer' });
  expect((await find((await signIn()).token))?.userId).toBe(user.id);
});

test('somebody without a team is not let in', async () => {
  await world.db.delete(memberships).where(eq(memberships.userId, user.id));
  await expect(signIn()).rejects.toMatchObject({ code: 'forbidden' });
});

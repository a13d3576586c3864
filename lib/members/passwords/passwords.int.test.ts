import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { mails } from '#db/schema/mails.ts';
import { users } from '#db/schema/members.ts';
import { passwordResets } from '#db/schema/sign-in.ts';
import { listAuditRows } from '#lib/audit/queries.ts';
import { execute } from '#lib/command/define-command.ts';
import { actorOf as adminOf, makeRole } from '#lib/testing/access-world.ts';
import { testOrigin, userActor } from '#lib/testing/command-context.ts';
import { makeUser } from '#lib/testing/factories.ts';
import { type PasswordMember, password, passwordMember } from '#lib/testing/password-member.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { disableAccount, enableAccount } from '../accounts/set-status.ts';
import { systemActor } from '../default-team.ts';
import { actorIn } from '../find-session.ts';
import { changeOwnPassword } from './change-own-password.ts';
import { completePasswordReset, isResetTokenUsable } from './complete-password-reset.ts';
import { makeResetLink } from './make-reset-link.ts';
import { requestPasswordReset } from './request-password-reset.ts';

// Hashing is slow on purpose, and slower beside other work.
vi.setConfig({ testTimeout: 60_000 });

const MINUTE_MS = 60_000;
const next = 'another long password';
let world: World;
let { clock, context, teamId, user, signIn, find } = {} as PasswordMember;
beforeAll(async () => {
  world = await createWorld();
});
beforeEach(async () => {
  ({ clock, context, teamId, user, signIn, find } = await passwordMember(world, 'developer'));
  await world.db.delete(mails);
});
afterAll(() => world.close());

async function actorOf(token: string) {
  const session = await find(token);
  const actor = session && actorIn(session, null, testOrigin);
  if (!actor) throw new Error('no session');
  return actor;
}
const change = async (token: string, current: string, typed = next) =>
  execute(context, await actorOf(token), changeOwnPassword, { current, password: typed });
const system = () => systemActor(world.db, 'password reset', ['password:reset'], testOrigin);
const request = async (email = user.email) =>
  execute(context, await system(), requestPasswordReset, { email });
const complete = async (token: string, typed = next) =>
  execute(context, await system(), completePasswordReset, { token, password: typed });
const usable = (token: string) => isResetTokenUsable(world.db, token, new Date(clock.now()));

/** The texts of the mails that wait, newest last. */
async function mailTexts(kind: 'password-reset' | 'password-changed'): Promise<string[]> {
  const rows = await world.db.select().from(mails).where(eq(mails.kind, kind)).orderBy(mails.id);
  return rows.map((row) => JSON.parse(context.deps.sealer.open(row.sealedMessage ?? '')).text);
}
async function mailedToken(): Promise<string> {
  const text = (await mailTexts('password-reset')).at(-1) ?? '';
  return new URL(/https:\S+/.exec(text)?.[0] ?? '').searchParams.get('token') ?? '';
}

test('security A3 A4: a changed password gives this session a new token and ends all others, sockets included', async () => {
  const [here, elsewhere] = [await signIn(), await signIn()];
  const [own, other] = [await actorOf(here.token), await actorOf(elsewhere.token)];
  const renewed = await change(here.token, password);
  expect(renewed.token).not.toBe(here.token);
  expect(await find(here.token)).toBeNull();
  expect(await find(elsewhere.token)).toBeNull();
  expect((await find(renewed.token))?.sessionId).toBe(own.sessionId);
  expect(context.published.map(([, payload]) => JSON.parse(payload))).toContainEqual({
    ...{ type: 'sessions.revoked', userId: user.id, sessionIds: [other.sessionId] },
  });
  await expect(signIn()).rejects.toMatchObject({ code: 'unauthenticated' });
  expect((await find((await signIn({ password: next })).token))?.userId).toBe(user.id);
});

test('security A16: without the current password it takes a sign-in of the last minutes; a wrong one never does', async () => {
  const { token } = await signIn();
  await expect(change(token, 'a wrong password')).rejects.toMatchObject({ code: 'forbidden' });
  clock.advance(16 * MINUTE_MS);
  await expect(change(token, '')).rejects.toMatchObject({ code: 'reauthentication_required' });
  expect(await find(token)).not.toBeNull();
  const recent = await signIn();
  await change(recent.token, '');
  await signIn({ password: next });
});

test('somebody who came through a provider chooses a first password with a recent sign-in', async () => {
  const { token } = await signIn();
  await world.db.update(users).set({ passwordHash: null }).where(eq(users.id, user.id));
  await expect(change(token, 'anything at all')).rejects.toMatchObject({ code: 'forbidden' });
  await change(token, '');
  await signIn({ password: next });
});

test.each(['short', 'password123', 'x'.repeat(300)])(
  'security A12: %s is no password, neither by change nor by reset, and the link stays good',
  async (weak) => {
    const { token } = await signIn();
    const refusal = { code: 'invalid', issues: [{ path: 'password' }] };
    await expect(change(token, password, weak)).rejects.toMatchObject(refusal);
    await request();
    const link = await mailedToken();
    await expect(complete(link, weak)).rejects.toMatchObject(refusal);
    expect(await usable(link)).toBe(true);
  },
);

test('security A12 A15: a reset link is made of the configured address, stored hashed, works once and ends every session', async () => {
  const { token } = await signIn();
  await request();
  const [text = ''] = await mailTexts('password-reset');
  expect(text).toContain('https://pitwall.example.test/reset-password?token=');
  const link = await mailedToken();
  expect(Buffer.from(link, 'base64url')).toHaveLength(32);
  expect(JSON.stringify(await world.db.select().from(passwordResets))).not.toContain(link);
  const race = await Promise.allSettled([complete(link), complete(link)]);
  expect(race.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(await usable(link)).toBe(false);
  expect(await find(token)).toBeNull();
  await signIn({ password: next });
  expect(await mailTexts('password-changed')).toHaveLength(1);
});

test('a reset link ends after 30 minutes, with another change of the password, and with the account, enabled again or not', async () => {
  await request();
  const late = await mailedToken();
  clock.advance(30 * MINUTE_MS);
  expect(await usable(late)).toBe(false);
  await expect(complete(late)).rejects.toMatchObject({ code: 'not_found' });

  await request();
  const overtaken = await mailedToken();
  await change((await signIn()).token, password);
  await expect(complete(overtaken)).rejects.toMatchObject({ code: 'not_found' });

  await request();
  const disabled = await mailedToken();
  const owner = { ...(await ownerActor()), signedInAtMs: clock.now() };
  await execute(context, owner, disableAccount, { userId: user.id });
  await expect(complete(disabled)).rejects.toMatchObject({ code: 'not_found' });
  await execute(context, owner, enableAccount, { userId: user.id });
  await expect(complete(disabled)).rejects.toMatchObject({ code: 'not_found' });
});

test('security A12: an unknown address, a disabled person and one without a password are answered alike and mailed nothing', async () => {
  const answers = [await request(), await request('nobody@example.test'), await request('no address')];
  await world.db.update(users).set({ passwordHash: null }).where(eq(users.id, user.id));
  answers.push(await request());
  await world.db
    .update(users)
    .set({ passwordHash: user.passwordHash, status: 'disabled' })
    .where(eq(users.id, user.id));
  answers.push(await request());
  expect(new Set(answers).size).toBe(1);
  expect(await mailTexts('password-reset')).toHaveLength(1);
});

test('security A12: nobody is sent more than three links an hour', async () => {
  for (let asked = 0; asked < 6; asked += 1) await request();
  expect(await mailTexts('password-reset')).toHaveLength(3);
  clock.advance(61 * MINUTE_MS);
  await request();
  expect(await mailTexts('password-reset')).toHaveLength(4);
});

/** An admin of the installation who makes a link for the person. */
const ownerActor = async () => adminOf(world, teamId, (await makeUser(world, { globalRole: 'admin' })).id);
const withoutMail = () => {
  context.deps = { ...context.deps, sendsMail: async () => false };
};
const tokenOf = ({ path }: { path: string | null }) =>
  new URL(path ?? '', 'https://pitwall.example.test').searchParams.get('token') ?? '';

test('security A12: without a mail server nobody is mailed, made a link or answered otherwise, known or not', async () => {
  withoutMail();
  const answers = [await request(), await request('nobody@example.test')];
  expect(new Set(answers).size).toBe(1);
  await change((await signIn()).token, password);
  expect(await world.db.select().from(mails)).toEqual([]);
  const links = await world.db.select().from(passwordResets).where(eq(passwordResets.userId, user.id));
  expect(links).toEqual([]);
});

test('security A15: without a mail server an admin is shown a link once; it works once, for 30 minutes, and the last one only', async () => {
  withoutMail();
  const owner = await ownerActor();
  const make = async () => tokenOf(await execute(context, owner, makeResetLink, { userId: user.id }));
  const session = await signIn();
  const [first, second] = [await make(), await make()];
  expect([await usable(first), await usable(second)]).toEqual([false, true]);
  expect(await find(session.token)).not.toBeNull();
  await complete(second);
  expect(await find(session.token)).toBeNull();
  await expect(complete(second)).rejects.toMatchObject({ code: 'not_found' });
  await signIn({ password: next });
  const late = await make();
  clock.advance(30 * MINUTE_MS);
  expect(await usable(late)).toBe(false);
  const rows = await listAuditRows(world.db, teamId, 20);
  const made = rows.filter(({ action }) => action === 'password.make-reset-link');
  expect(made).toHaveLength(3);
  expect(made[0]).toMatchObject({ targetId: user.id, details: { after: { isMailed: false } } });
  for (const token of [first, second, late]) expect(JSON.stringify(rows)).not.toContain(token);
  expect(await world.db.select().from(mails)).toEqual([]);
});

test('with a mail server the link of an admin goes by mail only', async () => {
  const made = await execute(context, await ownerActor(), makeResetLink, { userId: user.id });
  expect(made).toEqual({ userId: user.id, path: null });
  await complete(await mailedToken());
});

test('security A16, Z6: a link is made after a recent sign-in, by whoever holds as much, and never for oneself', async () => {
  const owner = await ownerActor();
  const make = (actor: typeof owner, userId = user.id) => execute(context, actor, makeResetLink, { userId });
  const weak = await makeRole(world, null, ['accounts:manage', 'agents:read']);
  const helper = await adminOf(world, teamId, (await makeUser(world, { globalRole: weak })).id);
  await expect(make({ ...owner, signedInAtMs: 0 })).rejects.toMatchObject({
    code: 'reauthentication_required',
  });
  await expect(make(helper)).rejects.toMatchObject({ code: 'forbidden' });
  await expect(make(userActor(teamId, 'admin'))).rejects.toMatchObject({ code: 'forbidden' });
  await expect(make(owner, owner.userId)).rejects.toMatchObject({ code: 'conflict' });
});

test.each([
  { passwordHash: null },
  { provisionedIssuer: 'https://idp.example.test' },
  { status: 'disabled' as const },
])('no link is made for an account that no password of ours lets in: %j', async (values) => {
  await world.db.update(users).set(values).where(eq(users.id, user.id));
  const made = execute(context, await ownerActor(), makeResetLink, { userId: user.id });
  await expect(made).rejects.toMatchObject({ code: 'conflict' });
});

test('security U4: change, request and reset stand in the ledger, passwords and tokens do not', async () => {
  const { token } = await signIn();
  await change(token, 'canary wrong').catch(() => {});
  const renewed = await change(token, password, 'canary password one');
  await request();
  const link = await mailedToken();
  await complete(link, 'canary password two');
  const rows = [
    ...(await listAuditRows(world.db, teamId, 20)),
    ...(await listAuditRows(world.db, (await system()).teamId, 20)),
  ];
  const own = rows.filter(({ targetId, actorName }) => targetId === user.id || actorName === user.email);
  expect(own.map(({ action, outcome }) => `${action} ${outcome}`)).toEqual(
    expect.arrayContaining([
      'password.change denied',
      'password.change ok',
      'password.request-reset ok',
      'password.reset ok',
    ]),
  );
  const text = JSON.stringify(rows);
  for (const secret of ['canary', link, renewed.token, 'scrypt$']) expect(text).not.toContain(secret);
});

test('security Z8: unknown fields are refused', async () => {
  const actor = userActor(teamId, 'viewer', { userId: user.id });
  const input = { current: '', password: next, userId: user.id };
  await expect(execute(context, actor, changeOwnPassword, input)).rejects.toMatchObject({ code: 'invalid' });
});

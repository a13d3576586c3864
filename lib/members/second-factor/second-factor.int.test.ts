import { eq } from 'drizzle-orm';
import { Secret, TOTP } from 'otpauth';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { mails } from '#db/schema/mails.ts';
import { users } from '#db/schema/members.ts';
import { recoveryCodes, signInChallenges } from '#db/schema/sign-in.ts';
import { listAuditRows } from '#lib/audit/queries.ts';
import { execute } from '#lib/command/define-command.ts';
import { ask } from '#lib/command/define-query.ts';
import { actorOf } from '#lib/testing/access-world.ts';
import { testOrigin, userActor } from '#lib/testing/command-context.ts';
import { makeSession, makeUser } from '#lib/testing/factories.ts';
import { type PasswordMember, passwordMember } from '#lib/testing/password-member.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { getOwnSignIn } from '../own-sign-in.ts';
import { changeOwnPassword } from '../passwords/change-own-password.ts';
import { beginSecondFactor, confirmSecondFactor } from './enrol-second-factor.ts';
import { disableSecondFactor } from './remove-second-factor.ts';
import { renewRecoveryCodes } from './renew-recovery-codes.ts';
import { resetSecondFactor } from './reset-second-factor.ts';
import { signInWithCode } from './sign-in-with-code.ts';

// Hashing is slow on purpose, and slower beside other work.
vi.setConfig({ testTimeout: 60_000 });

const MINUTE_MS = 60_000;
let world: World;
let { clock, context, teamId, user, signIn, find } = {} as PasswordMember;
beforeAll(async () => {
  world = await createWorld();
});
beforeEach(async () => {
  ({ clock, context, teamId, user, signIn, find } = await passwordMember(world, 'viewer'));
});
afterAll(() => world.close());

const actor = (ageMs = 0) =>
  userActor(teamId, 'viewer', { userId: user.id, email: user.email, signedInAtMs: clock.now() - ageMs });
const codeOf = (secret: string) =>
  new TOTP({ secret: Secret.fromBase32(secret), algorithm: 'SHA1', digits: 6, period: 30 }).generate({
    timestamp: clock.now(),
  });
const begin = () => execute(context, actor(), beginSecondFactor, {});

/** Switches the second factor on and moves on to a time step that no code was taken of. */
async function enrol(): Promise<{ secret: string; codes: string[] }> {
  const { secret } = await begin();
  const { codes } = await execute(context, actor(), confirmSecondFactor, { code: codeOf(secret) });
  clock.advance(MINUTE_MS);
  return { secret, codes };
}
const typeCode = (token: string, code: string) =>
  signInWithCode(context, { token, code, origin: testOrigin, replaces: null });
const lastMail = async () =>
  (await world.db.select().from(mails).where(eq(mails.recipient, user.email)).orderBy(mails.id)).at(-1);
const view = () => ask(context, actor(), getOwnSignIn, {});

test('security A12: with a second factor the password opens no session, only a step of five minutes', async () => {
  const { secret } = await enrol();
  const step = await signIn();
  expect(step.kind).toBe('second-step');
  expect(await find(step.token)).toBeNull();
  expect(JSON.stringify(await world.db.select().from(signInChallenges))).not.toContain(step.token);
  const session = await typeCode(step.token, codeOf(secret));
  expect((await find(session.token))?.userId).toBe(user.id);

  clock.advance(MINUTE_MS);
  const late = await signIn();
  clock.advance(5 * MINUTE_MS);
  await expect(typeCode(late.token, codeOf(secret))).rejects.toMatchObject({ code: 'unauthenticated' });
});

test('a code is taken once, also by two at the same moment; those before and after it pass for clocks that are off', async () => {
  const { secret } = await enrol();
  const code = codeOf(secret);
  const steps = await Promise.all([signIn(), signIn()]);
  const race = await Promise.allSettled(steps.map(({ token }) => typeCode(token, code)));
  expect(race.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  await expect(typeCode((await signIn()).token, code)).rejects.toMatchObject({
    code: 'unauthenticated',
  });
  clock.advance(30_000);
  const slow = codeOf(secret);
  clock.advance(30_000);
  await typeCode((await signIn()).token, slow);
  const older = codeOf(secret);
  clock.advance(61_000);
  await expect(typeCode((await signIn()).token, older)).rejects.toMatchObject({
    code: 'unauthenticated',
  });
});

test('a step that was passed is worth nothing to whoever copied its token', async () => {
  const { secret, codes } = await enrol();
  const { token } = await signIn();
  await typeCode(token, codeOf(secret));
  await expect(typeCode(token, codes[0] ?? '')).rejects.toMatchObject({ code: 'unauthenticated' });
  await expect(typeCode('x'.repeat(43), codes[1] ?? '')).rejects.toMatchObject({ code: 'unauthenticated' });
});

test('a recovery code works once, however it is typed, and is stored as a hash', async () => {
  const { codes } = await enrol();
  expect(new Set(codes).size).toBe(10);
  expect(codes.every((code) => /^([a-hjkmnp-z2-9]{4}-){3}[a-hjkmnp-z2-9]{4}$/.test(code))).toBe(true);
  const [code = ''] = codes;
  const stored = (await world.db.select().from(recoveryCodes)).map(({ codeHash }) => codeHash.toString());
  expect(stored).not.toContain(code.replaceAll('-', ''));
  await typeCode((await signIn()).token, ` ${code.toUpperCase().replaceAll('-', ' ')}`);
  expect((await view()).recoveryCodesLeft).toBe(9);
  await expect(typeCode((await signIn()).token, code)).rejects.toMatchObject({
    code: 'unauthenticated',
  });
});

test('security A12: five wrong codes end a step, twenty in an hour all steps of the person, the right code included', async () => {
  const { secret } = await enrol();
  const first = await signIn();
  for (let tries = 0; tries < 5; tries += 1) await typeCode(first.token, '000000').catch(() => {});
  await expect(typeCode(first.token, codeOf(secret))).rejects.toMatchObject({ code: 'unauthenticated' });
  for (let steps = 0; steps < 3; steps += 1) {
    const { token } = await signIn();
    for (let tries = 0; tries < 5; tries += 1) await typeCode(token, 'wrong').catch(() => {});
  }
  const blocked = await signIn();
  await expect(typeCode(blocked.token, codeOf(secret))).rejects.toMatchObject({ code: 'rate_limited' });
  clock.advance(61 * MINUTE_MS);
  await typeCode((await signIn()).token, codeOf(secret));
});

test('a secret is in force only once a code of it was confirmed; a begun one can be begun anew', async () => {
  const forgotten = await begin();
  expect(forgotten.uri).toMatch(/^otpauth:\/\/totp\/Pitwall:.*issuer=Pitwall.*secret=[A-Z2-7]{32}/);
  expect((await signIn()).kind).toBe('session');
  const { secret } = await begin();
  const confirm = (code: string) => execute(context, actor(), confirmSecondFactor, { code });
  await expect(confirm(codeOf(forgotten.secret))).rejects.toMatchObject({ issues: [{ path: 'code' }] });
  await confirm(codeOf(secret));
  await expect(begin()).rejects.toMatchObject({ code: 'conflict' });
  await expect(confirm(codeOf(secret))).rejects.toMatchObject({ code: 'conflict' });
});

test('security A16: setting up, new recovery codes and switching off take a recent sign-in; the last two a present code too', async () => {
  const { codes } = await enrol();
  const stale = () => actor(16 * MINUTE_MS);
  const again = { code: 'reauthentication_required' };
  const [code = ''] = codes;
  const renew = (typed: string, by = actor()) => execute(context, by, renewRecoveryCodes, { code: typed });
  await expect(renew(code, stale())).rejects.toMatchObject(again);
  await expect(execute(context, stale(), disableSecondFactor, { code })).rejects.toMatchObject(again);
  await expect(execute(context, stale(), beginSecondFactor, {})).rejects.toMatchObject(again);
  for (const wrong of ['', '000000', 'abcd-efgh-jkmn-pqrs'])
    await expect(renew(wrong)).rejects.toMatchObject({ code: 'forbidden' });
  expect((await view()).recoveryCodesLeft).toBe(10);
  const renewed = await renew(code);
  expect((await view()).recoveryCodesLeft).toBe(10);
  await expect(renew(code)).rejects.toMatchObject({ code: 'forbidden' });
  const off = (typed: string) => execute(context, actor(), disableSecondFactor, { code: typed });
  await expect(off(code)).rejects.toMatchObject({ code: 'forbidden' });
  await off(renewed.codes[0] ?? '');
  expect((await signIn()).kind).toBe('session');
  expect(await view()).toMatchObject({ secondFactorSince: null, recoveryCodesLeft: 0 });
});

test('a mail tells the person of new recovery codes, and holds none of them', async () => {
  const { secret } = await enrol();
  const { codes } = await execute(context, actor(), renewRecoveryCodes, { code: codeOf(secret) });
  const mail = await lastMail();
  expect(mail?.kind).toBe('recovery-codes-renewed');
  const text = context.deps.sealer.open(mail?.sealedMessage ?? '');
  expect(text).toContain('https://pitwall.example.test');
  for (const code of codes) expect(text).not.toContain(code);
});

test('mails tell the person that an authenticator app was added, and that it was switched off', async () => {
  const { secret } = await enrol();
  const added = await lastMail();
  expect(added?.kind).toBe('second-factor-enabled');
  expect(context.deps.sealer.open(added?.sealedMessage ?? '')).not.toContain(secret);
  await execute(context, actor(), disableSecondFactor, { code: codeOf(secret) });
  const off = await lastMail();
  expect(off?.kind).toBe('second-factor-disabled');
  expect(context.deps.sealer.open(off?.sealedMessage ?? '')).toContain('password alone');
});

test('security A4: a step that a former password opened is over once the password was changed', async () => {
  const { secret } = await enrol();
  const step = await signIn();
  const { token } = await makeSession(world, user.id);
  const session = await find(token);
  const own = { ...actor(), sessionId: session?.sessionId ?? '' };
  await execute(context, own, changeOwnPassword, { current: '', password: 'another long password' });
  await expect(typeCode(step.token, codeOf(secret))).rejects.toMatchObject({ code: 'unauthenticated' });
});

test('security A16: an admin of accounts takes a lost second factor off, nobody else does', async () => {
  await enrol();
  const reset = (by: ReturnType<typeof userActor>) =>
    execute(context, by, resetSecondFactor, { userId: user.id });
  await expect(reset(userActor(teamId, 'admin'))).rejects.toMatchObject({ code: 'forbidden' });
  const owner = await actorOf(world, teamId, (await makeUser(world, { globalRole: 'admin' })).id);
  const admin = (ageMs: number) => ({ ...owner, signedInAtMs: clock.now() - ageMs });
  await expect(reset(admin(16 * MINUTE_MS))).rejects.toMatchObject({ code: 'reauthentication_required' });
  await reset(admin(0));
  expect((await signIn()).kind).toBe('session');
  await expect(reset(admin(0))).rejects.toMatchObject({ code: 'not_found' });
  expect(await listAuditRows(world.db, teamId, 5)).toContainEqual(
    expect.objectContaining({ action: 'second-factor.reset', outcome: 'ok', targetId: user.id }),
  );
});

test('security U4: every part of it stands in the ledger, secrets and codes do not', async () => {
  const { secret, codes } = await enrol();
  const { token } = await signIn();
  await typeCode(token, '000000').catch(() => {});
  await typeCode(token, codeOf(secret));
  const rows = await listAuditRows(world.db, teamId, 20);
  expect(rows.map(({ action, outcome }) => `${action} ${outcome}`)).toEqual([
    'sign-in ok',
    'sign-in failed',
    'sign-in.second-step ok',
    'second-factor.enable ok',
    'second-factor.begin ok',
  ]);
  expect(rows[0]).toMatchObject({
    details: { after: { method: 'password', secondFactor: 'authenticator' } },
  });
  expect(rows[1]).toMatchObject({ details: { reason: 'second factor' }, targetId: user.id });
  const text = JSON.stringify([rows, await world.db.select().from(users).where(eq(users.id, user.id))]);
  for (const hidden of [token, ...codes]) expect(text).not.toContain(hidden);
  expect(JSON.stringify(rows)).not.toContain(secret);
});

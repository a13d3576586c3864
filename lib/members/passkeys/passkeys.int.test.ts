import { eq } from 'drizzle-orm';
import { Secret, TOTP } from 'otpauth';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { mails } from '#db/schema/mails.ts';
import { users } from '#db/schema/members.ts';
import { passkeys, signInChallenges } from '#db/schema/sign-in.ts';
import { listAuditRows } from '#lib/audit/queries.ts';
import { execute } from '#lib/command/define-command.ts';
import { ask } from '#lib/command/define-query.ts';
import { manualClock } from '#lib/kernel/clock.ts';
import type { AssertionResponse } from '#lib/model/passkey.ts';
import { actorOf } from '#lib/testing/access-world.ts';
import { type AnswerOptions, createAuthenticator } from '#lib/testing/authenticator.ts';
import { commandContext, testOrigin, userActor } from '#lib/testing/command-context.ts';
import { makeMember, makeSession, makeTeam, makeUser } from '#lib/testing/factories.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { hashPassword } from '../credentials/password.ts';
import { findSession } from '../find-session.ts';
import { getOwnSignIn } from '../own-sign-in.ts';
import { beginSecondFactor, confirmSecondFactor } from '../second-factor/enrol-second-factor.ts';
import { disableSecondFactor } from '../second-factor/remove-second-factor.ts';
import { renewRecoveryCodes } from '../second-factor/renew-recovery-codes.ts';
import { beginProof } from '../second-factor/require-proof.ts';
import { resetSecondFactor } from '../second-factor/reset-second-factor.ts';
import { signInWithPassword } from '../sign-in-with-password.ts';
import { deletePasskey, renamePasskey } from './keep-passkeys.ts';
import { beginPasskey, registerPasskey } from './register-passkey.ts';
import { beginPasskeySignIn, signInWithPasskey } from './sign-in-with-passkey.ts';

// Hashing is slow on purpose, and slower beside other work.
vi.setConfig({ testTimeout: 60_000 });

const MINUTE_MS = 60_000;
const site = { origin: 'https://pitwall.example.test', rpId: 'pitwall.example.test' };
let world: World;
let clock: ReturnType<typeof manualClock>;
let context: ReturnType<typeof commandContext>;
let teamId: string;
let user: typeof users.$inferSelect;
beforeAll(async () => {
  world = await createWorld();
});
beforeEach(async () => {
  clock = manualClock(Date.now());
  context = commandContext(world, { clock });
  teamId = (await makeTeam(world)).id;
  user = await makeMember(world, teamId, 'viewer');
});
afterAll(() => world.close());

const actor = (values: object = {}) =>
  userActor(teamId, 'viewer', {
    ...{ userId: user.id, email: user.email, signedInAtMs: clock.now() },
    ...values,
  });
const begin = () => execute(context, actor(), beginPasskey, {});
type Lies = Partial<AnswerOptions>;

async function register(name = 'Laptop', lies: Lies = {}) {
  const { challenge } = await begin();
  const authenticator = createAuthenticator(user.id);
  const response = authenticator.register({ ...site, challenge, ...lies });
  const { id } = await execute(context, actor(), registerPasskey, { name, response });
  return { id, authenticator };
}
const challengeOf = async () => (await beginPasskeySignIn(context)).challenge;
const enter = (response: unknown, values: object = {}) =>
  signInWithPasskey(context, { response, secondStep: null, origin: testOrigin, replaces: null, ...values });
const find = (token: string) => findSession(world.db, token, new Date(clock.now()), 12 * 3_600_000);

test('a passkey signs its person in alone, in a session that takes the place of the one before', async () => {
  const { authenticator } = await register();
  const before = await makeSession(world, user.id);
  const challenge = await challengeOf();
  const session = await enter(authenticator.assert({ ...site, challenge }), { replaces: before.token });
  expect((await find(session.token))?.userId).toBe(user.id);
  expect(await find(before.token)).toBeNull();
  const [row] = await listAuditRows(world.db, teamId, 1);
  expect(row).toMatchObject({ action: 'sign-in', outcome: 'ok', details: { after: { method: 'passkey' } } });
});

test('the options ask for user verification and a discoverable passkey of the configured address', async () => {
  await register();
  const options = await begin();
  expect(options).toMatchObject({
    rp: { id: site.rpId },
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    excludeCredentials: [{ type: 'public-key' }],
  });
  expect(Buffer.from(options.challenge, 'base64url').length).toBeGreaterThanOrEqual(16);
  expect(await beginPasskeySignIn(context)).toMatchObject({ rpId: site.rpId, userVerification: 'required' });
});

const lies: [what: string, lies: Lies][] = [
  ['another origin', { origin: 'https://evil.example' }],
  ['another relying party', { rpId: 'evil.example' }],
  ['a challenge that is none of ours', { challenge: Buffer.alloc(32).toString('base64url') }],
  ['no verified user', { verified: false }],
];
test.each(lies)('security A12 A15: an answer with %s neither registers nor signs in', async (_what, lie) => {
  await expect(register('Laptop', lie)).rejects.toMatchObject({ code: 'invalid' });
  const { authenticator } = await register();
  const answer = authenticator.assert({ ...site, challenge: await challengeOf(), ...lie });
  await expect(enter(answer)).rejects.toMatchObject({ code: 'unauthenticated' });
});

test('a challenge is good for one answer and for five minutes, whatever the first answer was', async () => {
  const { authenticator } = await register();
  const challenge = await challengeOf();
  const answer = authenticator.assert({ ...site, challenge });
  await enter(answer);
  await expect(enter(answer)).rejects.toMatchObject({ code: 'unauthenticated' });
  await expect(enter(authenticator.assert({ ...site, challenge }))).rejects.toMatchObject({
    code: 'unauthenticated',
  });
  const tried = await challengeOf();
  await enter(authenticator.assert({ ...site, challenge: tried, verified: false })).catch(() => {});
  await expect(enter(authenticator.assert({ ...site, challenge: tried }))).rejects.toThrow();
  const late = await challengeOf();
  clock.advance(5 * MINUTE_MS);
  await expect(enter(authenticator.assert({ ...site, challenge: late }))).rejects.toThrow();

  const { challenge: registration } = await begin();
  await expect(enter(authenticator.assert({ ...site, challenge: registration }))).rejects.toThrow();
});

test('a counter that goes back or stands still is refused: the authenticator was copied', async () => {
  const { authenticator } = await register();
  const assert = async (counter: number) =>
    enter(authenticator.assert({ ...site, challenge: await challengeOf(), counter }));
  await assert(7);
  await expect(assert(7)).rejects.toMatchObject({ code: 'unauthenticated' });
  await expect(assert(3)).rejects.toMatchObject({ code: 'unauthenticated' });
  await assert(8);
});

test('security A12: unknown, deleted, of a disabled person and forged are refused in the same words, and written down', async () => {
  const { id, authenticator } = await register();
  const other = await makeMember(world, teamId, 'viewer');
  const fresh = async (values: Lies = {}) => ({ ...site, challenge: await challengeOf(), ...values });
  const failure = async (answer: unknown) =>
    enter(answer).then(
      () => 'let in',
      ({ code, message }) => `${code}: ${message}`,
    );
  const forged = authenticator.assert(await fresh());
  const answers = [
    await failure(createAuthenticator(user.id).assert(await fresh())),
    await failure({ ...forged, response: { ...forged.response, signature: 'AAAA' } }),
    await failure(authenticator.assert(await fresh({ userHandle: other.id }))),
  ];
  await world.db.update(users).set({ status: 'disabled' }).where(eq(users.id, user.id));
  answers.push(await failure(authenticator.assert(await fresh())));
  await world.db.update(users).set({ status: 'active' }).where(eq(users.id, user.id));
  await execute(context, actor(), deletePasskey, { id });
  answers.push(await failure(authenticator.assert(await fresh())));
  expect(new Set(answers)).toEqual(new Set([expect.stringMatching(/^unauthenticated: /)]));
  const rows = await listAuditRows(world.db, teamId, 20);
  expect(rows.filter(({ outcome }) => outcome === 'failed')).toHaveLength(3);
  await expect(enter({ id: 'x' })).rejects.toMatchObject({ code: 'invalid' });
});

test('as the second step it must be of the person whose password was right, and ends the step', async () => {
  const passwordHash = await hashPassword('a long enough password');
  const secondFactor = { totpSecret: context.deps.sealer.seal('A'.repeat(32)), totpConfirmedAt: new Date() };
  await world.db
    .update(users)
    .set({ passwordHash, ...secondFactor })
    .where(eq(users.id, user.id));
  const { authenticator } = await register();
  const person = user;
  user = await makeMember(world, teamId, 'viewer');
  const stranger = (await register()).authenticator;
  const step = await signInWithPassword(context, {
    ...{ email: person.email, password: 'a long enough password', origin: testOrigin, replaces: null },
  });
  const secondStep = step.token;
  const answer = async (from: typeof stranger) => from.assert({ ...site, challenge: await challengeOf() });
  await expect(enter(await answer(stranger), { secondStep })).rejects.toMatchObject({
    code: 'unauthenticated',
  });
  const session = await enter(await answer(authenticator), { secondStep });
  expect((await find(session.token))?.userId).toBe(person.id);
  const [row] = await listAuditRows(world.db, teamId, 1);
  expect(row).toMatchObject({ details: { after: { method: 'password', secondFactor: 'passkey' } } });
  await expect(enter(await answer(authenticator), { secondStep })).rejects.toMatchObject({
    code: 'unauthenticated',
  });
});

test('several passkeys are named, renamed and deleted by their owner alone', async () => {
  const { id } = await register('Laptop');
  clock.advance(1000);
  await register('Phone');
  const stranger = actor({ userId: (await makeMember(world, teamId, 'viewer')).id });
  for (const [verb, input] of [
    [renamePasskey, { id, name: 'Mine' }],
    [deletePasskey, { id }],
  ] as const) {
    await expect(execute<typeof verb.input, unknown>(context, stranger, verb, input)).rejects.toMatchObject({
      code: 'not_found',
    });
  }
  await execute(context, actor(), renamePasskey, { id, name: 'Old laptop' });
  const view = await ask(context, actor(), getOwnSignIn, {});
  expect(view.passkeys.map(({ name }) => name)).toEqual(['Phone', 'Old laptop']);
  await execute(context, actor(), deletePasskey, { id });
  const rows = await listAuditRows(world.db, teamId, 10);
  expect(rows.map(({ action }) => action)).toEqual([
    ...['passkey.delete', 'passkey.rename'],
    ...['passkey.register', 'passkey.begin', 'passkey.register', 'passkey.begin'],
  ]);
});

test('a registration is for who began it, once, and never twice the same passkey', async () => {
  const { challenge } = await begin();
  const authenticator = createAuthenticator(user.id);
  const input = { name: 'Laptop', response: authenticator.register({ ...site, challenge }) };
  const stranger = actor({ userId: (await makeMember(world, teamId, 'viewer')).id });
  await expect(execute(context, stranger, registerPasskey, input)).rejects.toMatchObject({ code: 'invalid' });
  await execute(context, actor(), registerPasskey, input);
  await expect(execute(context, actor(), registerPasskey, input)).rejects.toMatchObject({ code: 'invalid' });
  const again = authenticator.register({ ...site, challenge: (await begin()).challenge });
  await expect(
    execute(context, actor(), registerPasskey, { name: 'Again', response: again }),
  ).rejects.toMatchObject({ code: 'conflict' });
  expect(await world.db.select().from(passkeys).where(eq(passkeys.userId, user.id))).toHaveLength(1);
  expect(await world.db.select().from(signInChallenges)).not.toEqual([]);
});

test('security U4: resetting a lost second factor takes the passkeys too, which the ledger names and a mail tells, as one does of a new passkey', async () => {
  const { authenticator } = await register('Phone');
  const owner = await actorOf(world, teamId, (await makeUser(world, { globalRole: 'admin' })).id);
  const reset = (userId: string) =>
    execute(context, { ...owner, signedInAtMs: clock.now() }, resetSecondFactor, { userId });
  await expect(reset(owner.userId)).rejects.toMatchObject({ code: 'conflict' });
  expect(await reset(user.id)).toEqual({ userId: user.id, authenticator: false, passkeys: 1 });
  const answer = authenticator.assert({ ...site, challenge: await challengeOf() });
  await expect(enter(answer)).rejects.toMatchObject({ code: 'unauthenticated' });
  const rows = await listAuditRows(world.db, teamId, 5);
  expect(
    rows.find(({ action, outcome }) => action === 'second-factor.reset' && outcome === 'ok'),
  ).toMatchObject({
    targetId: user.id,
    details: { before: { keys: ['Phone'] }, after: { keys: [] } },
  });
  const told = await world.db.select().from(mails).where(eq(mails.recipient, user.email));
  expect(told.map(({ kind }) => kind).sort()).toEqual(['passkey-added', 'second-factor-reset']);
  await expect(reset(user.id)).rejects.toMatchObject({ code: 'not_found' });
});

test('security A16: adding and deleting a passkey take a recent sign-in', async () => {
  const { id } = await register();
  const stale = actor({ signedInAtMs: clock.now() - 16 * MINUTE_MS });
  const again = { code: 'reauthentication_required' };
  await expect(execute(context, stale, beginPasskey, {})).rejects.toMatchObject(again);
  await expect(execute(context, stale, deletePasskey, { id })).rejects.toMatchObject(again);
});

test('security A16: a passkey proves its person in place of a code, once, and no other passkey or challenge does', async () => {
  const { authenticator } = await register();
  const { secret } = await execute(context, actor(), beginSecondFactor, {});
  const code = new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: clock.now() });
  await execute(context, actor(), confirmSecondFactor, { code });
  const asked = async () => (await execute(context, actor(), beginProof, {})).challenge;
  const renew = (passkey: AssertionResponse, by = actor()) =>
    execute(context, by, renewRecoveryCodes, { passkey });
  const refused = { code: 'forbidden' };

  const stale = actor({ signedInAtMs: clock.now() - 16 * MINUTE_MS });
  await expect(execute(context, stale, beginProof, {})).rejects.toMatchObject({
    code: 'reauthentication_required',
  });
  const answer = authenticator.assert({ ...site, challenge: await asked() });
  expect((await renew(answer)).codes).toHaveLength(10);
  await expect(renew(answer)).rejects.toMatchObject(refused);
  for (const lie of [{ verified: false }, { origin: 'https://evil.example' }, { rpId: 'evil.example' }])
    await expect(
      renew(authenticator.assert({ ...site, challenge: await asked(), ...lie })),
    ).rejects.toMatchObject(refused);
  const ofSignIn = authenticator.assert({ ...site, challenge: await challengeOf() });
  await expect(renew(ofSignIn)).rejects.toMatchObject(refused);
  const ofProof = authenticator.assert({ ...site, challenge: await asked() });
  await expect(enter(ofProof)).rejects.toMatchObject({ code: 'unauthenticated' });

  const owner = user;
  user = await makeMember(world, teamId, 'viewer');
  await expect(execute(context, actor(), beginProof, {})).rejects.toMatchObject({ code: 'conflict' });
  const theirs = (await register()).authenticator;
  user = owner;
  const foreign = theirs.assert({ ...site, challenge: await asked() });
  await expect(renew(foreign)).rejects.toMatchObject(refused);

  const last = authenticator.assert({ ...site, challenge: await asked() });
  await execute(context, actor(), disableSecondFactor, { passkey: last });
  expect((await ask(context, actor(), getOwnSignIn, {})).secondFactorSince).toBeNull();
});

test('a mail tells the person of a passkey that was deleted, by its name', async () => {
  const { id } = await register('Lost phone');
  await execute(context, actor(), deletePasskey, { id });
  const told = await world.db.select().from(mails).where(eq(mails.recipient, user.email));
  expect(told.map(({ kind }) => kind).toSorted()).toEqual(['passkey-added', 'passkey-deleted']);
  const notice = told.find(({ kind }) => kind === 'passkey-deleted');
  expect(context.deps.sealer.open(notice?.sealedMessage ?? '')).toContain('Lost phone');
});

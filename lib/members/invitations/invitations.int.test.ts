import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { mails } from '#db/schema/mails.ts';
import { memberships, users } from '#db/schema/members.ts';
import { invitations } from '#db/schema/sign-in.ts';
import type { SystemActor, UserActor } from '#lib/access/actor.ts';
import { listAuditRows } from '#lib/audit/queries.ts';
import { execute } from '#lib/command/define-command.ts';
import { ask } from '#lib/command/define-query.ts';
import { manualClock } from '#lib/kernel/clock.ts';
import { createLog } from '#lib/kernel/log.ts';
import { createSmtpMailer } from '#lib/ports/mailer/smtp.ts';
import { createSecretBox } from '#lib/secrets/secret-box.ts';
import { actorOf, makeRole } from '#lib/testing/access-world.ts';
import { commandContext, testOrigin, userActor } from '#lib/testing/command-context.ts';
import { makeMember, makeSession, makeTeam, makeUser } from '#lib/testing/factories.ts';
import { startMailServer } from '#lib/testing/mail-server.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { findSession } from '../find-session.ts';
import { sendMails } from '../mail/send-mails.ts';
import { acceptInvitation } from './accept-invitation.ts';
import { inviteMember, resendInvitation, revokeInvitation } from './invite-member.ts';
import { listInvitations } from './queries.ts';

// Hashing a password is slow on purpose.
vi.setConfig({ testTimeout: 60_000 });

const DAY_MS = 86_400_000;
const password = 'a long enough password';
let world: World;
let clock: ReturnType<typeof manualClock>;
let context: ReturnType<typeof commandContext>;
let teamId: string;
let admin: UserActor;
let address: string;
beforeAll(async () => {
  world = await createWorld();
});
beforeEach(async () => {
  clock = manualClock(Date.now());
  context = commandContext(world, { clock });
  context.deps = { ...context.deps, sendsMail: async () => false };
  teamId = (await makeTeam(world, { name: 'Racing' })).id;
  admin = await actorOf(world, teamId, (await makeMember(world, teamId, 'admin', { name: 'Grace' })).id);
  address = `new-${teamId}@example.test`;
});
afterAll(() => world.close());

const invite = (values: object = {}, actor = admin) =>
  execute(context, actor, inviteMember, { email: address, role: 'developer', ...values });
const tokenOf = ({ path }: { path: string | null }) => path?.split('/').at(-1) ?? '';
const door = (): SystemActor => ({
  kind: 'system',
  name: 'invitation',
  teamId,
  grants: ['invitations:accept'],
  origin: testOrigin,
});
const accept = (token: string, person: object = { kind: 'new', name: 'Ada', password }) =>
  execute(context, door(), acceptInvitation, { token, person: person as never });
const personOf = async (email: string) =>
  (await world.db.select().from(users).where(eq(users.email, email)))[0];
const gone = { code: 'not_found' };

test('a new person accepts and is in the team with the role; the link works once', async () => {
  const token = tokenOf(await invite());
  const { userId } = await accept(token);
  expect(await personOf(address)).toMatchObject({ id: userId, name: 'Ada', status: 'active' });
  expect((await actorOf(world, teamId, userId)).role).toBe('developer');
  await expect(accept(token)).rejects.toMatchObject(gone);
  expect(await listAuditRows(world.db, teamId, 5)).toMatchObject([
    { action: 'invitation.accept', targetId: userId, details: { after: { email: address } } },
    { action: 'invitation.create', details: { after: { email: address, role: 'developer' } } },
  ]);
});

test('security A3: the secret of a link has 256 bits and stands in the database as a hash only', async () => {
  const token = tokenOf(await invite());
  expect(Buffer.from(token, 'base64url')).toHaveLength(32);
  const dump = JSON.stringify([
    await world.db.select().from(invitations),
    await listAuditRows(world.db, teamId, 10),
    await ask(context, admin, listInvitations, {}),
  ]);
  expect(dump).not.toContain(token);
});

test('of two who use one link at once, one gets in', async () => {
  const token = tokenOf(await invite());
  const results = await Promise.allSettled([accept(token), accept(token)]);
  expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  expect(await world.db.select().from(memberships).where(eq(memberships.teamId, teamId))).toHaveLength(2);
});

/** Somebody who is known, in a session of theirs. */
const inSession = ({ id, userId }: { id: string; userId: string }) => ({
  ...{ kind: 'known', userId, sessionId: id },
});
const live = (token = '') => findSession(world.db, token, new Date(clock.now()), DAY_MS);

test('a person who is known joins with the own account, and nobody else does by a link passed on', async () => {
  const known = await makeUser(world, { email: address });
  const token = tokenOf(await invite());
  const other = await makeSession(world, (await makeUser(world)).id);
  await expect(accept(token, inSession(other))).rejects.toMatchObject({ code: 'forbidden' });
  await expect(accept(token)).rejects.toMatchObject({ code: 'conflict' });
  await accept(token, inSession(await makeSession(world, known.id)));
  expect((await actorOf(world, teamId, known.id)).role).toBe('developer');
});

test('security A3, A4: who accepts an invitation gets a new token for this session, and their others end', async () => {
  const { id: userId } = await makeUser(world, { email: address });
  const [here, elsewhere] = [await makeSession(world, userId), await makeSession(world, userId)];
  const token = tokenOf(await invite());
  const stranger = await makeSession(world, (await makeUser(world)).id);
  const foreign = accept(token, { ...inSession(here), sessionId: stranger.id });
  await expect(foreign).rejects.toMatchObject({ code: 'unauthenticated' });
  const { session } = await accept(token, inSession(here));
  expect(await live(session?.token)).toMatchObject({ sessionId: here.id, userId });
  expect([await live(here.token), await live(elsewhere.token)]).toEqual([null, null]);
  expect((await live(stranger.token))?.sessionId).toBe(stranger.id);
  const announced = context.published.map(([, payload]) => JSON.parse(payload));
  expect(announced.slice(-2)).toEqual([
    { type: 'access.changed', userId },
    { type: 'sessions.revoked', userId, sessionIds: [elsewhere.id] },
  ]);
});

test('a link ends after seven days, when it is taken back, and when it is sent again', async () => {
  const first = await invite();
  clock.advance(6 * DAY_MS);
  admin = { ...admin, signedInAtMs: clock.now() };
  const second = await execute(context, admin, resendInvitation, { id: first.id });
  await expect(accept(tokenOf(first))).rejects.toMatchObject(gone);
  clock.advance(7 * DAY_MS);
  await expect(accept(tokenOf(second))).rejects.toMatchObject(gone);
  admin = { ...admin, signedInAtMs: clock.now() };
  const third = await invite();
  await execute(context, admin, revokeInvitation, { id: third.id });
  await expect(accept(tokenOf(third))).rejects.toMatchObject(gone);
  await expect(execute(context, admin, revokeInvitation, { id: third.id })).rejects.toMatchObject(gone);
});

test('security Z13: a link of somebody who may not invite any more is good for nothing', async () => {
  const second = await makeMember(world, teamId, 'admin');
  const token = tokenOf(await invite({}, await actorOf(world, teamId, second.id)));
  await world.db.update(memberships).set({ role: 'developer' }).where(eq(memberships.userId, second.id));
  await expect(accept(token)).rejects.toMatchObject(gone);
});

test('security Z6: nobody takes back the invitation of somebody who will do more than they', async () => {
  const { id } = await invite();
  const keeper = await makeRole(world, teamId, ['members:manage', 'members:read']);
  const actor = await actorOf(world, teamId, (await makeMember(world, teamId, keeper)).id);
  await expect(execute(context, actor, revokeInvitation, { id })).rejects.toMatchObject({
    code: 'forbidden',
  });
  await execute(context, admin, revokeInvitation, { id });
});

test('security Z6: nobody invites to more than they hold; a role of another team is none (Z7)', async () => {
  const keeper = await makeRole(world, teamId, ['members:manage', 'agents:read']);
  const { id } = await makeMember(world, teamId, 'viewer');
  await world.db.update(memberships).set({ role: keeper }).where(eq(memberships.userId, id));
  const actor = await actorOf(world, teamId, id);
  await expect(invite({}, actor)).rejects.toMatchObject({ code: 'forbidden' });
  const other = await makeRole(world, (await makeTeam(world)).id, []);
  await expect(invite({ role: other })).rejects.toMatchObject(gone);
});

test('a member, somebody invited already and what is no address are refused in words', async () => {
  const { email } = await makeMember(world, teamId, 'viewer');
  await expect(invite({ email: email.toUpperCase() })).rejects.toMatchObject({ code: 'conflict' });
  await invite();
  await expect(invite()).rejects.toMatchObject({ code: 'conflict' });
  await expect(invite({ email: 'nobody' })).rejects.toMatchObject({
    code: 'invalid',
    issues: [{ path: 'email' }],
  });
});

test('a password that may not be chosen spends nothing', async () => {
  const token = tokenOf(await invite());
  await expect(accept(token, { kind: 'new', name: '', password: 'short' })).rejects.toMatchObject({
    code: 'invalid',
    issues: [{ path: 'person.password' }],
  });
  await accept(token);
});

test('the weaker role and another team invite, see and take back nothing', async () => {
  const { id } = await invite();
  await expect(invite({}, userActor(teamId, 'developer'))).rejects.toMatchObject({ code: 'forbidden' });
  const other = userActor((await makeTeam(world)).id, 'admin');
  await expect(execute(context, other, revokeInvitation, { id })).rejects.toMatchObject(gone);
  await expect(execute(context, other, resendInvitation, { id })).rejects.toMatchObject(gone);
  expect((await ask(context, other, listInvitations, {})).items).toEqual([]);
  expect((await ask(context, admin, listInvitations, {})).items).toMatchObject([
    { id, state: 'open', mail: 'none', invitedBy: 'Grace' },
  ]);
});

test('with a mail server the link goes by mail only, sealed until it is sent, and is not answered', async () => {
  const server = await startMailServer();
  const sealer = createSecretBox('a secret of the tests, 32 letters and more');
  context = commandContext(world, { clock });
  context.deps = { ...context.deps, sealer, sendsMail: async () => true };
  const { port } = server;
  const from = 'pitwall@example.test';
  const mailer = createSmtpMailer(() => ({ host: '127.0.0.1', port, tls: 'none', account: null, from }));
  try {
    expect(await invite()).toMatchObject({ path: null });
    expect(JSON.stringify(await world.db.select().from(mails))).not.toContain('/join/');
    expect((await ask(context, admin, listInvitations, {})).items).toMatchObject([{ mail: 'queued' }]);
    await sendMails({ db: world.db, sealer, mailer, log: createLog('test', 'silent') });
    const [mail] = server.received;
    expect(mail?.to).toEqual([address]);
    const text = mail?.raw.replaceAll('=\r\n', '') ?? '';
    const [, token = ''] = /https:\/\/pitwall\.example\.test\/join\/([\w-]+)/.exec(text) ?? [];
    expect((await ask(context, admin, listInvitations, {})).items).toMatchObject([{ mail: 'sent' }]);
    await accept(token);
  } finally {
    mailer.close();
    await server.close();
  }
});

test('mail that waits when its invitation is taken back or sent anew does not go', async () => {
  context.deps = { ...context.deps, sendsMail: async () => true };
  const waiting = () => world.db.select().from(mails).where(eq(mails.recipient, address));
  const { id } = await invite();
  clock.advance(1000);
  await execute(context, admin, resendInvitation, { id });
  expect(await waiting()).toHaveLength(1);
  await execute(context, admin, revokeInvitation, { id });
  expect(await waiting()).toEqual([]);
});

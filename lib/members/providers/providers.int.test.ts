import { and, eq, isNull } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { mails } from '#db/schema/mails.ts';
import { accounts, memberships, roles, sessions, users } from '#db/schema/members.ts';
import { pushSubscriptions } from '#db/schema/notifications.ts';
import { groupMappings, identityProviders } from '#db/schema/sign-in.ts';
import type { UserActor } from '#lib/access/actor.ts';
import { grantsOf } from '#lib/access/grants.ts';
import { listAuditRows } from '#lib/audit/queries.ts';
import { execute } from '#lib/command/define-command.ts';
import { ask } from '#lib/command/define-query.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import { commandContext, userActor } from '#lib/testing/command-context.ts';
import { makeSession, makeTeam, makeUser } from '#lib/testing/factories.ts';
import { startOpenidProvider } from '#lib/testing/openid-provider.ts';
import { opened } from '#lib/testing/outbound-policy.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { linkIdentity, listOwnIdentities, unlinkIdentity } from '../identities/manage-identities.ts';
import { createProvider, deleteProvider, setProviderEnabled, updateProvider } from './manage-providers.ts';
import { getSignOnSettings } from './provider-queries.ts';
import { recordProviderTest } from './record-test.ts';

const SECRET = 'client-secret-CANARY';
let world: World;
let teamId: string;
let owner: UserActor;
let remote: Awaited<ReturnType<typeof startOpenidProvider>>;
beforeAll(async () => {
  world = await createWorld();
  teamId = (await makeTeam(world, { slug: 'default' })).id;
  owner = await actorOf((await makeUser(world, { globalRole: 'admin' })).id);
  remote = await startOpenidProvider();
});
beforeEach(async () => {
  await world.db.delete(identityProviders);
  await world.db.delete(groupMappings);
  Object.assign(remote.given, { document: {}, status: 200 });
});
afterAll(async () => {
  await remote.stop();
  await world.close();
});

async function actorOf(userId: string): Promise<UserActor> {
  const permissions = (await grantsOf(world.db, userId)).permissionsIn(teamId);
  return userActor(teamId, 'admin', { userId, permissions });
}
const input = (values: object = {}) => ({
  ...{ slug: 'company', name: 'Company', issuer: remote.issuer, clientId: 'pitwall', clientSecret: SECRET },
  ...{ scopes: 'openid email', groupsClaim: 'groups', defaultRole: null, signsOutThere: false },
  trustsAddresses: false,
  ...values,
});
const create = (values: object = {}, actor = owner, context = commandContext(world)) =>
  execute(context, actor, createProvider, input(values));
const settings = () => ask(commandContext(world), owner, getSignOnSettings, {});
const passed = (id: string, version = 1, problem: string | null = null) =>
  execute(commandContext(world), owner, recordProviderTest, {
    ...{ id, version, problem, claims: { sub: 'ada' }, groups: ['ops'], groupsFrom: 'id-token' },
  });
const enable = (id: string, actor = owner) =>
  execute(commandContext(world), actor, setProviderEnabled, { id, enabled: true });
const change = (id: string, version: number, values: object = {}) => {
  const { slug: _slug, ...rest } = input({ clientSecret: null, ...values });
  return execute(commandContext(world), owner, updateProvider, { ...rest, id, version });
};

test('security O8: the client secret is stored sealed and stands in no view and no row of the ledger', async () => {
  const context = commandContext(world);
  const { id } = await create({}, owner, context);
  const [row] = await world.db.select().from(identityProviders);
  expect(row?.clientSecret).not.toBe(SECRET);
  expect(context.deps.sealer.open(row?.clientSecret ?? '')).toBe(SECRET);
  await change(id, 1, { clientSecret: `another-${SECRET}`, name: 'Renamed' });
  const shown = JSON.stringify([await settings(), await listAuditRows(world.db, teamId, 5)]);
  expect(shown).toContain('Renamed');
  expect(shown).not.toContain('CANARY');
});

test.each([
  ['another issuer', { issuer: 'https://evil.example' }, /calls itself https:\/\/evil.example/],
  ['tokens inside the network', { token_endpoint: 'http://169.254.169.254/token' }, /inside the network/],
  ['keys inside the network', { jwks_uri: 'http://[::ffff:10.0.0.1]/jwks' }, /inside the network/],
  ['an end of the session inside', { end_session_endpoint: 'http://10.0.0.1/' }, /inside the network/],
  ['an address that is none', { authorization_endpoint: 'javascript:alert(1)' }, /provider names/],
  ['no code flow', { response_types_supported: ['id_token'] }, /no authorization code flow/],
  ['no key pair', { id_token_signing_alg_values_supported: ['HS256', 'none'] }, /no way that is accepted/],
  ['people inside the network', { userinfo_endpoint: 'http://10.0.0.1/me' }, /inside the network/],
  ['no PKCE with S256', { code_challenge_methods_supported: ['plain'] }, /S256/],
  ['no keys', { jwks_uri: undefined }, /no description/],
])('security O4: a provider that says of itself %s is not saved', async (_what, document, words) => {
  Object.assign(remote.given, { document });
  await expect(create()).rejects.toMatchObject({
    code: 'invalid',
    issues: [{ path: 'issuer', message: expect.stringMatching(words) }],
  });
  expect((await settings()).providers).toEqual([]);
});

test('security O1: the description of a provider is not fetched from inside the network', async () => {
  const closed = commandContext(world);
  const context = { ...closed, deps: { ...closed.deps, outbound: opened() } };
  await expect(create({}, owner, context)).rejects.toMatchObject({ issues: [{ path: 'issuer' }] });
  await expect(create({ issuer: 'http://192.168.0.1' })).rejects.toThrow(/inside the network/);
});

test('only a provider from which a test sign-in came back whole is enabled, and another issuer has to be tried anew', async () => {
  const { id } = await create();
  await expect(enable(id)).rejects.toMatchObject({ code: 'conflict' });
  await passed(id, 1, 'The provider did not answer in time.');
  await expect(enable(id)).rejects.toMatchObject({ code: 'conflict' });
  await world.db.insert(groupMappings).values({ position: 0, groupName: 'ops', teamId, role: 'viewer' });
  await passed(id);
  const [tested] = (await settings()).providers;
  expect(tested?.lastTest).toMatchObject({ problem: null, groups: ['ops'], roles: [{ role: 'Viewer' }] });
  await enable(id);
  expect(await change(id, 2, { name: 'Other' })).toEqual({ id, enabled: true });
  expect(await change(id, 3, { clientId: 'another' })).toEqual({ id, enabled: false });
  await expect(enable(id)).rejects.toMatchObject({ code: 'conflict' });
  // A test that began before the change says nothing about what it is now.
  await expect(passed(id, 3)).rejects.toMatchObject({ code: 'not_found' });
  await expect(change(id, 3)).rejects.toMatchObject({ code: 'conflict' });
});

test('a test sign-in makes no account and no identity', async () => {
  const { id } = await create();
  const before = await world.db.select({ id: users.id }).from(users);
  await passed(id);
  expect(await world.db.select({ id: users.id }).from(users)).toEqual(before);
  expect(await world.db.select().from(accounts)).toEqual([]);
});

test('security Z6: who holds less than the groups give sets up no provider that could say who is in them', async () => {
  const role = uuidv7();
  const permissions = ['identity-providers:manage'];
  await world.db.insert(roles).values({ id: role, teamId: null, name: `SSO ${role}`, permissions });
  const keeper = await actorOf((await makeUser(world, { globalRole: role })).id);
  const { id } = await create({}, keeper);
  await expect(create({ slug: 'two', clientId: 'two', defaultRole: 'viewer' }, keeper)).rejects.toMatchObject(
    {
      code: 'forbidden',
    },
  );
  await world.db.insert(groupMappings).values({ position: 0, groupName: 'ops', teamId, role: 'admin' });
  await passed(id);
  await expect(enable(id, keeper)).rejects.toMatchObject({ code: 'forbidden' });
  await enable(id);
  const context = commandContext(world);
  const forget = execute(context, keeper, deleteProvider, { id });
  await expect(forget).rejects.toMatchObject({ code: 'forbidden' });
  await execute(context, keeper, setProviderEnabled, { id, enabled: false });
  await world.db.delete(groupMappings);
  await world.db.update(identityProviders).set({ defaultRole: 'viewer' });
  const { slug: _slug, ...values } = input({ clientSecret: null });
  const lower = execute(context, keeper, updateProvider, { ...values, id, version: 3 });
  await expect(lower).rejects.toMatchObject({ code: 'forbidden' });
});

test('security A4, A11: a provider that is disabled, changed for another or deleted takes its sessions and roles with it', async () => {
  const { id } = await create({ defaultRole: 'viewer' });
  await passed(id);
  await enable(id);
  await world.db
    .insert(groupMappings)
    .values({ position: 0, issuer: remote.issuer, groupName: 'ops', teamId, role: 'developer' });
  const { issuer } = remote;
  const [ada, grace] = [
    await makeUser(world, { claimedGroups: ['ops'], claimedIssuer: issuer }),
    await makeUser(world, { provisionedIssuer: issuer }),
  ];
  const roleOf = async ({ id: userId }: { id: string }) =>
    (await world.db.select().from(memberships).where(eq(memberships.userId, userId))).map(
      (row) => row.groupRole,
    );
  const liveOf = async ({ id: userId }: { id: string }) =>
    (
      await world.db
        .select()
        .from(sessions)
        .where(and(eq(sessions.userId, userId), isNull(sessions.revokedAt)))
    ).map((row) => row.id);
  const turn = (enabled: boolean, context = commandContext(world), actor = owner) =>
    execute(context, actor, setProviderEnabled, { id, enabled });
  const holds = async () => [await roleOf(ada), await roleOf(grace)];
  await turn(true);
  expect(await holds()).toEqual([['developer'], ['viewer']]);
  const [vouched, byPassword] = [
    await makeSession(world, ada.id, { issuer }),
    await makeSession(world, ada.id),
  ];
  const kay = await makeUser(world);
  const [kaysVouched, kaysOwn] = [
    await makeSession(world, kay.id, { issuer }),
    await makeSession(world, kay.id),
  ];
  const acting = await makeSession(world, owner.userId, { issuer });
  const devices = { p256dh: 'p'.repeat(87), auth: 'a'.repeat(22), userId: ada.id };
  await world.db.insert(pushSubscriptions).values([
    { ...devices, endpoint: 'https://push.example.test/vouched', sessionId: vouched.id },
    { ...devices, endpoint: 'https://push.example.test/by-password', sessionId: byPassword.id },
  ]);
  const context = commandContext(world);
  await turn(false, context, { ...owner, sessionId: acting.id });
  // Whose roles it gave has none of their sessions any more, whoever vouched (security A3).
  expect([await liveOf(ada), await liveOf(kay)]).toEqual([[], [kaysOwn.id]]);
  expect((await world.db.select().from(pushSubscriptions)).map((row) => row.sessionId)).toEqual([
    byPassword.id,
  ]);
  expect(await liveOf({ id: owner.userId })).toContain(acting.id);
  expect(await holds()).toEqual([[], []]);
  const announced = context.published.map(([, payload]) => JSON.parse(payload));
  for (const { userId, id: sessionId } of [vouched, byPassword, kaysVouched])
    expect(announced).toContainEqual({ type: 'sessions.revoked', userId, sessionIds: [sessionId] });
  expect(announced).toContainEqual({ type: 'access.changed', userId: ada.id });
  expect((await listAuditRows(world.db, teamId, 5)).map(({ action }) => action)).toContain(
    'identity-provider.set-enabled',
  );
  await turn(true);
  expect(await holds()).toEqual([['developer'], ['viewer']]);
  const [before] = (await settings()).providers;
  expect(await change(id, before?.version ?? 0, { clientId: 'another', defaultRole: 'viewer' })).toEqual({
    id,
    enabled: false,
  });
  expect(await holds()).toEqual([[], []]);
  await passed(id, (before?.version ?? 0) + 1);
  await turn(true);
  await makeSession(world, kay.id, { issuer });
  await execute(commandContext(world), owner, deleteProvider, { id });
  expect(await holds()).toEqual([[], []]);
  expect(await liveOf(kay)).toEqual([kaysOwn.id]);
});

test('security A4: what the provider of the environment vouched for stays, whatever becomes of a stored one of its issuer', async () => {
  const context = commandContext(world);
  const deps = { ...context.deps, environmentIssuer: remote.issuer };
  const { id } = await create();
  const ada = await makeUser(world, { claimedGroups: ['ops'], claimedIssuer: remote.issuer });
  const session = await makeSession(world, ada.id, { issuer: remote.issuer });
  await execute({ ...context, deps }, owner, setProviderEnabled, { id, enabled: false });
  const [row] = await world.db.select().from(sessions).where(eq(sessions.id, session.id));
  expect(row?.revokedAt).toBeNull();
});

test('security A16: an old sign-in sets up, changes, enables and deletes no provider', async () => {
  const { id } = await create();
  const stale = { ...owner, signedInAtMs: Date.now() - 16 * 60_000 };
  const context = commandContext(world);
  const refused = { code: 'reauthentication_required' };
  await expect(create({ slug: 'b', clientId: 'b' }, stale)).rejects.toMatchObject(refused);
  await expect(enable(id, stale)).rejects.toMatchObject(refused);
  await expect(execute(context, stale, deleteProvider, { id })).rejects.toMatchObject(refused);
  await execute(context, owner, deleteProvider, { id });
  await expect(execute(context, owner, deleteProvider, { id })).rejects.toMatchObject({ code: 'not_found' });
});

test.each(['oidc', 'UPPER', '-a', 'a/b', ''])('the name %j does not stand in addresses', async (slug) => {
  await expect(create({ slug })).rejects.toMatchObject({ code: 'invalid', issues: [{ path: 'slug' }] });
});

test('security A9: an identity opens one account; the last way to sign in is kept, by two at once too', async () => {
  const [ada, eve] = [await makeUser(world, { passwordHash: null }), await makeUser(world)];
  const context = commandContext(world);
  const as = (userId: string) => userActor(teamId, 'viewer', { userId });
  const one = { issuer: 'https://a.example', subject: 'ada' };
  const two = { issuer: 'https://b.example', subject: 'ada' };
  await execute(context, as(ada.id), linkIdentity, one);
  await expect(execute(context, as(eve.id), linkIdentity, one)).rejects.toMatchObject({ code: 'conflict' });
  await expect(execute(context, as(ada.id), unlinkIdentity, one)).rejects.toMatchObject({ code: 'conflict' });
  await expect(execute(context, as(eve.id), unlinkIdentity, one)).rejects.toMatchObject({
    code: 'not_found',
  });
  await execute(context, as(ada.id), linkIdentity, two);
  const both = await Promise.allSettled(
    [one, two].map((identity) => execute(context, as(ada.id), unlinkIdentity, identity)),
  );
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(await ask(context, as(ada.id), listOwnIdentities, {})).toHaveLength(1);
  await world.db.update(users).set({ passwordHash: 'x' }).where(eq(users.id, ada.id));
  const [left] = await ask(context, as(ada.id), listOwnIdentities, {});
  await execute(context, as(ada.id), unlinkIdentity, { issuer: left?.issuer ?? '', subject: 'ada' });
  expect(await ask(context, as(ada.id), listOwnIdentities, {})).toEqual([]);
});

test('security A4: who came in by an identity that is unlinked is out, other sessions of the person go on; mails tell them of both', async () => {
  const [identity, other] = [
    { issuer: 'https://c.example', subject: 'kay' },
    { issuer: 'https://d.example', subject: 'kay' },
  ];
  const { id: userId, email } = await makeUser(world, { passwordHash: 'x' });
  const [here, there, elsewhere, byPassword] = [
    await makeSession(world, userId, { issuer: identity.issuer }),
    await makeSession(world, userId, { issuer: identity.issuer }),
    await makeSession(world, userId, { issuer: other.issuer }),
    await makeSession(world, userId),
  ];
  const actor = userActor(teamId, 'viewer', { userId, email, sessionId: here.id });
  const context = commandContext(world);
  await execute(context, actor, linkIdentity, identity);
  await execute(context, actor, unlinkIdentity, identity);
  const live = await world.db
    .select({ id: sessions.id })
    .from(sessions)
    .where(and(eq(sessions.userId, userId), isNull(sessions.revokedAt)));
  expect(live.map(({ id }) => id).sort()).toEqual([here.id, elsewhere.id, byPassword.id].sort());
  const told = await world.db.select().from(mails).where(eq(mails.recipient, actor.email)).orderBy(mails.id);
  expect(told.map(({ kind }) => kind)).toEqual(['identity-linked', 'identity-unlinked']);
  expect(context.published.map(([, payload]) => JSON.parse(payload))).toEqual([
    { type: 'sessions.revoked', userId, sessionIds: [there.id] },
  ]);
});

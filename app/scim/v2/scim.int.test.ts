import { and, eq, isNull, sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { openDb } from '#db/client.ts';
import { mails } from '#db/schema/mails.ts';
import { accounts, memberships, roles, sessions, users } from '#db/schema/members.ts';
import { groupMappings, identityProviders, scimGroups, scimTokens } from '#db/schema/sign-in.ts';
import type { SystemActor } from '#lib/access/actor.ts';
import { type Permission, permissionsOfRole } from '#lib/access/permissions.ts';
import { listAuditRows } from '#lib/audit/queries.ts';
import { execute } from '#lib/command/define-command.ts';
import { randomToken } from '#lib/kernel/ids.ts';
import { disableAccount, enableAccount } from '#lib/members/accounts/set-status.ts';
import { systemActor } from '#lib/members/default-team.ts';
import { findProvisioned, linkProvisioned } from '#lib/members/identities/link-provisioned.ts';
import { requestPasswordReset } from '#lib/members/passwords/request-password-reset.ts';
import { createScimToken, revokeScimToken } from '#lib/members/provisioning/manage-tokens.ts';
import { SCIM } from '#lib/model/scim.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import { createSecretBox } from '#lib/secrets/secret-box.ts';
import { commandContext, testOrigin, userActor } from '#lib/testing/command-context.ts';
import { makeMember, makeSession, makeTeam, makeUser } from '#lib/testing/factories.ts';
import { createWebWorld, type WebWorld } from '#lib/testing/web-world.ts';
import type { Handler } from '#lib/web/route.ts';

const ISSUER = 'https://id.example';
const OTHER = 'https://other.example';
let world: WebWorld;
let teamId: string;
let token: string;
let route: Record<'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', Handler>;

beforeAll(async () => {
  world = await createWebWorld();
  teamId = (await makeTeam(world, { slug: 'default' })).id;
  await makeUser(world, { globalRole: 'admin' });
  const clientSecret = createSecretBox(world.masterKey).seal('s');
  const shared = { clientId: 'c', clientSecret, enabled: true };
  await world.db.insert(identityProviders).values([
    { ...shared, id: uuidv7(), slug: 'id', name: 'ID', issuer: ISSUER, defaultRole: 'viewer' },
    { ...shared, id: uuidv7(), slug: 'other', name: 'Other', issuer: OTHER },
  ]);
  await world.db.insert(groupMappings).values({ position: 0, groupName: 'Ops', teamId, role: 'developer' });
  route = await import('./[...path]/route.ts');
  token = (await makeToken(ISSUER)).token;
});
afterAll(() => world.close());
let name: string;
beforeEach(() => {
  name = `person-${randomToken(6)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, 'x')}`;
});

async function admin() {
  const [owner] = await world.db.select({ id: users.id }).from(users).where(eq(users.globalRole, 'admin'));
  const actor = userActor(teamId, 'admin', { userId: owner?.id ?? '' });
  return { ...actor, permissions: new Set([...actor.permissions, 'provisioning:manage' as const]) };
}
/** The same, who governs accounts. */
const governor = async () => ({ ...(await admin()), permissions: new Set(['accounts:manage' as const]) });
const makeToken = async (issuer: string) =>
  execute(commandContext(world), await admin(), createScimToken, { name: 'directory', issuer });

async function call(method: keyof typeof route, path: string, body?: unknown, bearer = token) {
  const request = new Request(`http://localhost:3000/scim/v2/${path}`, {
    method,
    headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/scim+json' },
    body: body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body),
  });
  const parts = path.split('?')[0]?.split('/') ?? [];
  const response = await route[method](request, { params: Promise.resolve({ path: parts }) });
  const text = await response.text();
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    json: text === '' ? null : JSON.parse(text),
  };
}
const patch = (path: string, ...Operations: object[]) =>
  call('PATCH', path, { schemas: [SCIM.patch], Operations });
async function makePerson(values: object = {}) {
  const { json } = await call('POST', 'Users', { userName: `${name}@people.example`, ...values });
  return json as { id: string; userName: string };
}
const rolesOf = async (userId: string) =>
  world.db
    .select({ role: memberships.role, groupRole: memberships.groupRole })
    .from(memberships)
    .where(eq(memberships.userId, userId));
const filtered = (what: string, filter: string) =>
  call('GET', `${what}?filter=${encodeURIComponent(filter)}`);

test('a person is made, looked up, changed and deleted, as RFC 7644 writes it', async () => {
  const made = await call('POST', 'Users', {
    schemas: [SCIM.user],
    userName: `${name.toUpperCase()}@People.example`,
    externalId: name,
    name: { givenName: 'Ada', familyName: 'Lovelace' },
    emails: [{ value: 'ignored@people.example', primary: true }],
    active: true,
  });
  const { id } = made.json;
  const person = {
    schemas: [SCIM.user],
    userName: `${name}@people.example`,
    externalId: name,
    displayName: 'Ada Lovelace',
    active: true,
    meta: { resourceType: 'User', location: expect.stringContaining(`/scim/v2/Users/${id}`) },
  };
  expect(made).toMatchObject({ status: 201, type: 'application/scim+json; charset=utf-8', json: person });
  expect((await call('GET', `Users/${id}`)).json).toMatchObject(person);
  for (const filter of [`userName eq "${name}@people.example"`, `externalId eq "${name}"`])
    expect((await filtered('Users', filter)).json).toMatchObject({ totalResults: 1, Resources: [{ id }] });
  const replaced = await call('PUT', `Users/${id}`, { userName: `${name}@people.example`, displayName: 'A' });
  expect(replaced.json).toMatchObject({ displayName: 'A', active: true });
  expect((await call('DELETE', `Users/${id}`)).status).toBe(204);
  expect((await call('GET', `Users/${id}`)).status).toBe(404);
  expect((await filtered('Users', `userName eq "${name}@people.example"`)).json.totalResults).toBe(0);
  // The address is free again, for somebody new.
  expect((await call('POST', 'Users', { userName: `${name}@people.example` })).status).toBe(201);
  const actions = (await listAuditRows(world.db, teamId, 20)).map((row) => [row.action, row.targetId]);
  expect(actions).toContainEqual(['account.delete', id]);
});

test.each([
  ['Entra', { op: 'Replace', path: 'active', value: 'False' }],
  ['Okta', { op: 'replace', value: { active: false } }],
])(
  'security A4: who is switched off by %s is signed out within 5 s, and comes back with their roles',
  async (_who, off) => {
    const { id } = await makePerson();
    await makeSession(world, id);
    const { webContext } = await import('#lib/compose/web.ts');
    const { bus } = await webContext();
    const heard: unknown[] = [];
    const stop = await bus.subscribe('control', (payload) => heard.push(JSON.parse(payload)));
    expect((await patch(`Users/${id}`, off)).json).toMatchObject({ active: false });
    const live = and(eq(sessions.userId, id), isNull(sessions.revokedAt));
    expect(await world.db.select().from(sessions).where(live)).toEqual([]);
    await vi.waitFor(
      () => expect(heard).toContainEqual({ type: 'sessions.revoked', userId: id, sessionIds: [] }),
      5000,
    );
    await stop();
    expect((await patch(`Users/${id}`, { op: 'add', path: 'active', value: 'True' })).json.active).toBe(true);
    expect(await rolesOf(id)).toEqual([{ role: null, groupRole: 'viewer' }]);
  },
);

test('security A11: groups feed the mapping at once, by every way that directories change members', async () => {
  const [one, two] = [await makePerson(), await makePerson({ userName: `two-${name}@people.example` })];
  const made = await call('POST', 'Groups', { displayName: 'Ops', members: [{ value: one.id }] });
  const path = `Groups/${made.json.id}`;
  const holds = async () =>
    Promise.all(
      [one, two].map(async ({ id }) => (await rolesOf(id)).map(({ groupRole }) => groupRole).join()),
    );
  expect(made.status).toBe(201);
  expect(await holds()).toEqual(['developer', 'viewer']);
  await patch(path, { op: 'Add', path: 'members', value: [{ value: two.id }] });
  expect(await holds()).toEqual(['developer', 'developer']);
  await patch(path, { op: 'Remove', path: `members[value eq "${one.id}"]` });
  expect(await holds()).toEqual(['viewer', 'developer']);
  await patch(path, { op: 'replace', value: { members: [{ value: one.id }] } });
  expect(await holds()).toEqual(['developer', 'viewer']);
  await call('PUT', path, { displayName: 'Operations', members: [{ value: one.id }] });
  expect(await holds()).toEqual(['viewer', 'viewer']);
  await patch(path, { op: 'replace', path: 'displayName', value: 'Ops' });
  expect(await holds()).toEqual(['developer', 'viewer']);
  expect((await filtered('Groups', 'displayName eq "ops"')).json.Resources).toMatchObject([
    { displayName: 'Ops', members: [{ value: one.id }] },
  ]);
  const lean = await call('GET', `${path}?excludedAttributes=members`);
  expect(lean.json).not.toHaveProperty('members');
  expect((await call('DELETE', path)).status).toBe(204);
  expect(await holds()).toEqual(['viewer', 'viewer']);
});

test('lists come in pages that count from 1', async () => {
  await makePerson();
  await makePerson({ userName: `b-${name}@people.example` });
  const all = await call('GET', 'Users?count=0');
  expect(all.json).toMatchObject({ schemas: [SCIM.list], itemsPerPage: 0, Resources: [] });
  const second = await call('GET', 'Users?startIndex=2&count=1');
  expect(second.json).toMatchObject({ startIndex: 2, itemsPerPage: 1, totalResults: all.json.totalResults });
  expect((await call('GET', 'Users?startIndex=-5&count=99999')).json).toMatchObject({ startIndex: 1 });
});

test('security Z4: a client neither sees nor changes people by hand, of another provider, or their groups', async () => {
  const foreign = (await makeToken(OTHER)).token;
  const mine = await makePerson();
  const byHand = await makeMember(world, teamId, 'viewer');
  const group = (await call('POST', 'Groups', { displayName: name })).json.id as string;
  const unknown = uuidv7();
  for (const path of [`Users/${mine.id}`, `Groups/${group}`]) {
    const kind = path.split('/')[0];
    const [other, none] = [
      await call('GET', path, undefined, foreign),
      await call('GET', `${kind}/${unknown}`),
    ];
    expect(other).toEqual(none);
    expect(other.status).toBe(404);
    expect((await call('DELETE', path, undefined, foreign)).status).toBe(404);
  }
  expect((await call('GET', `Users/${byHand.id}`)).status).toBe(404);
  expect((await patch(`Users/${byHand.id}`, { op: 'replace', value: { active: false } })).status).toBe(404);
  expect((await filtered('Users', `userName eq "${byHand.email}"`)).json.totalResults).toBe(0);
  const added = await patch(`Groups/${group}`, { op: 'add', path: 'members', value: [{ value: byHand.id }] });
  expect(added).toMatchObject({ status: 400, json: { scimType: 'invalidValue' } });
  // An account that exists is never taken over.
  const taken = await call('POST', 'Users', { userName: byHand.email });
  expect(taken).toMatchObject({ status: 409, json: { scimType: 'uniqueness', status: '409' } });
  const renamed = await patch(`Users/${mine.id}`, { op: 'replace', path: 'userName', value: byHand.email });
  expect(renamed.status).toBe(409);
});

test('security A9: only an account that provisioning made for the same provider waits for its first identity', async () => {
  const { id } = await makePerson({ externalId: name });
  const byHand = await makeMember(world, teamId, 'viewer');
  const find = (values: object) =>
    findProvisioned(world.db, { issuer: ISSUER, subject: 'unknown', verifiedEmail: null, ...values });
  expect(await find({ subject: name })).toBe(id);
  expect(await find({ verifiedEmail: `${name}@people.example` })).toBe(id);
  expect(await find({ issuer: OTHER, subject: name })).toBeNull();
  expect(await find({ issuer: OTHER, verifiedEmail: `${name}@people.example` })).toBeNull();
  expect(await find({ verifiedEmail: byHand.email })).toBeNull();
  expect(await find({})).toBeNull();
  const actor: SystemActor = {
    ...{ kind: 'system', name: 'single sign-on', teamId, origin: testOrigin },
    grants: ['members:register'],
  };
  const link = (subject: string) =>
    execute(commandContext(world), actor, linkProvisioned, {
      ...{ issuer: ISSUER, subject, verifiedEmail: `${name}@people.example` },
    });
  expect(await link(name)).toEqual({ userId: id });
  await expect(link('somebody-else')).rejects.toMatchObject({ code: 'conflict' });
  const known = await world.db.select().from(accounts).where(eq(accounts.userId, id));
  expect(known).toMatchObject([{ issuer: ISSUER, subject: name }]);
});

test('security A9: a client that gives somebody another address gets no link to a new password of theirs', async () => {
  const { id } = await makePerson();
  await world.db.update(users).set({ passwordHash: 'x' }).where(eq(users.id, id));
  const email = `thief-${name}@people.example`;
  expect((await patch(`Users/${id}`, { op: 'replace', path: 'userName', value: email })).status).toBe(200);
  const actor = await systemActor(world.db, 'password reset', ['password:reset'], testOrigin);
  await execute(commandContext(world), actor, requestPasswordReset, { email });
  expect(await world.db.select().from(mails).where(eq(mails.recipient, email))).toEqual([]);
});

test('security Z6: who holds less than the default role of a provider lets no client make its people', async () => {
  const [issuer, role] = ['https://strict.example', uuidv7()];
  await world.db.insert(identityProviders).values({
    ...{ id: uuidv7(), slug: 'strict', name: 'Strict', issuer, clientId: 'c', clientSecret: '' },
    ...{ enabled: true, defaultRole: 'admin' },
  });
  const mapped = permissionsOfRole({ id: 'developer', permissions: [] });
  const permissions: Permission[] = [...mapped, 'provisioning:manage'];
  await world.db.insert(roles).values({ id: role, teamId: null, name: `SCIM ${role}`, permissions });
  const { id: userId } = await makeUser(world, { globalRole: role });
  const keeper = userActor(teamId, 'developer', { userId, permissions: new Set(permissions) });
  const make = (of: string) =>
    execute(commandContext(world), keeper, createScimToken, { name: 'directory', issuer: of });
  await expect(make(issuer)).rejects.toMatchObject({
    code: 'forbidden',
    message: expect.stringContaining('cannot hand on'),
  });
  await make(ISSUER);
});

test('security Z6, Z13: a client ends, renames and lets in nobody who was granted more by hand than its maker holds now', async () => {
  const role = uuidv7();
  const mapped = permissionsOfRole({ id: 'developer', permissions: [] });
  const permissions: Permission[] = [...mapped, 'provisioning:manage'];
  await world.db.insert(roles).values({ id: role, teamId: null, name: `Weak ${role}`, permissions });
  const { id: userId } = await makeUser(world, { globalRole: role });
  const keeper = userActor(teamId, 'developer', { userId, permissions: new Set(permissions) });
  const input = { name: 'weak', issuer: ISSUER };
  const weak = await execute(commandContext(world), keeper, createScimToken, input);
  const byWeak = (method: 'DELETE' | 'PATCH', path: string, ...Operations: object[]) =>
    call(method, path, method === 'PATCH' ? { Operations } : undefined, weak.token);
  const { id } = await makePerson();
  const path = `Users/${id}`;
  await world.db.update(users).set({ globalRole: 'admin' }).where(eq(users.id, id));
  const acts: object[] = [
    { op: 'replace', path: 'active', value: false },
    { op: 'replace', path: 'userName', value: `other-${name}@people.example` },
    { op: 'replace', path: 'externalId', value: `mine-${name}` },
  ];
  for (const act of acts) expect((await byWeak('PATCH', path, act)).status).toBe(403);
  expect((await byWeak('DELETE', path)).json.detail).toContain('does not hold now');
  // What changes nothing of that goes on, and a client whose maker holds as much does all of it.
  const called = { op: 'replace', value: { active: true, displayName: 'Ada' } };
  expect((await byWeak('PATCH', path, called)).json).toMatchObject({ displayName: 'Ada', active: true });
  expect((await patch(path, acts[2] ?? {})).status).toBe(200);
  await world.db.update(users).set({ globalRole: null }).where(eq(users.id, id));
  await world.db
    .insert(memberships)
    .values({ teamId, userId: id, role: 'developer' })
    .onConflictDoUpdate({
      target: [memberships.teamId, memberships.userId],
      set: { role: 'developer' },
    });
  expect((await byWeak('PATCH', path, acts[1] ?? {})).status).toBe(200);
  await world.db.update(users).set({ status: 'disabled' }).where(eq(users.id, userId));
  expect((await byWeak('DELETE', path)).status).toBe(403);
  await world.db
    .update(memberships)
    .set({ role: null, groupRole: 'developer' })
    .where(eq(memberships.userId, id));
  expect((await byWeak('DELETE', path)).status).toBe(204);
});

test('security A4: whom an admin disabled no client lets in again, whom it switched off itself it does', async () => {
  const { id } = await makePerson();
  const turn = async (active: boolean) =>
    (await patch(`Users/${id}`, { op: 'replace', value: { active } })).json.active;
  expect([await turn(false), await turn(true)]).toEqual([false, true]);
  await execute(commandContext(world), await governor(), disableAccount, { userId: id });
  expect([await turn(true), await turn(false), await turn(true)]).toEqual([false, false, false]);
  await execute(commandContext(world), await governor(), enableAccount, { userId: id });
  expect([await turn(true), await turn(false), await turn(true)]).toEqual([true, false, true]);
});

test('a group waits for whoever takes access away before it touches its people, so that neither stands in the way of the other', async () => {
  const person = await makePerson();
  const started = Promise.withResolvers<{ settled: ReturnType<typeof call> }>();
  await world.db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended('access', 0))`);
    const settled = call('POST', 'Groups', { displayName: name, members: [{ value: person.id }] });
    started.resolve({ settled });
    await vi.waitFor(async () => {
      const rows = await world.ownerSql`
        select 1 from pg_locks where locktype = 'advisory' and not granted
          and database = (select oid from pg_database where datname = current_database())`;
      expect(rows).toHaveLength(1);
    }, 10_000);
    await tx.execute(sql`select 1 from users where id = ${person.id}::uuid for update`);
  });
  expect((await (await started.promise).settled).status).toBe(201);
});

test('a name that somebody takes in the same moment is a conflict, for people and for groups', async () => {
  const { id } = await makePerson();
  const group = (await call('POST', 'Groups', { displayName: `one ${name}` })).json.id;
  const rival = openDb(world.appUrl, 1);
  const [held, written] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const other = { id: uuidv7(), email: `rival-${name}@people.example`, scimExternalId: `taken-${name}` };
  const taking = rival.db.transaction(async (tx) => {
    await tx.insert(users).values({ ...other, isProvisioned: true, provisionedIssuer: ISSUER });
    await tx.insert(scimGroups).values({ id: uuidv7(), issuer: ISSUER, displayName: `two ${name}` });
    written.resolve();
    await held.promise;
  });
  await written.promise;
  const both = Promise.all([
    patch(`Users/${id}`, { op: 'replace', path: 'externalId', value: other.scimExternalId }),
    patch(`Groups/${group}`, { op: 'replace', path: 'displayName', value: `two ${name}` }),
  ]);
  await vi.waitFor(async () => {
    const waiting = await world.db.execute(
      sql`select 1 from pg_locks l join pg_stat_activity a using (pid) where not l.granted and a.datname = current_database()`,
    );
    expect(waiting.length).toBeGreaterThan(1);
  }, 10_000);
  held.resolve();
  await taking;
  await rival.close();
  for (const answer of await both)
    expect(answer).toMatchObject({ status: 409, json: { scimType: 'uniqueness' } });
});

test('security A14: without a live token nothing is answered, and a revoked one ends at once', async () => {
  const { id, token: own } = await makeToken(ISSUER);
  expect((await call('GET', 'Users', undefined, own)).status).toBe(200);
  await execute(commandContext(world), await admin(), revokeScimToken, { id });
  for (const bearer of [own, 'pws_unknown', 'x', '\u00e9'])
    expect(await call('GET', 'Users', undefined, bearer)).toMatchObject({
      status: 401,
      json: { schemas: [SCIM.error], status: '401' },
    });
});

test('security P3: a token ends by itself, and makes nothing of what its client kept undone', async () => {
  const { token: own } = await makeToken(ISSUER);
  const ends = (expiresAt: Date) =>
    world.db
      .update(scimTokens)
      .set({ expiresAt })
      .where(eq(scimTokens.lastFour, own.slice(-4)));
  const [row] = await world.db
    .select()
    .from(scimTokens)
    .where(eq(scimTokens.lastFour, own.slice(-4)));
  expect(Math.round(((row?.expiresAt.getTime() ?? 0) - Date.now()) / 86_400_000)).toBe(365);
  expect((await call('GET', 'Users', undefined, own)).status).toBe(200);
  await ends(new Date(Date.now() - 1));
  expect((await call('GET', 'Users', undefined, own)).status).toBe(401);
});

test('security A4: while its provider lets nobody in, a client is refused, and none is made', async () => {
  const turn = (enabled: boolean) =>
    world.db.update(identityProviders).set({ enabled }).where(eq(identityProviders.issuer, OTHER));
  const { token: own } = await makeToken(OTHER);
  await turn(false);
  expect(await call('GET', 'Users', undefined, own)).toMatchObject({ status: 403, json: { status: '403' } });
  await expect(makeToken(OTHER)).rejects.toMatchObject({ code: 'invalid', issues: [{ path: 'issuer' }] });
  await expect(makeToken('https://nobody.example')).rejects.toMatchObject({ code: 'invalid' });
  await turn(true);
  expect((await call('GET', 'Users', undefined, own)).status).toBe(200);
});

test.each([
  ['GET', 'Users?filter=userName sw "a"', undefined, 400, 'invalidFilter'],
  ['GET', 'Users?filter=title eq "a"', undefined, 400, 'invalidFilter'],
  ['GET', 'Users?startIndex=x', undefined, 400, 'invalidValue'],
  ['GET', 'Users/not-an-id', undefined, 404, undefined],
  ['GET', 'Elsewhere', undefined, 404, undefined],
  ['GET', 'Users/a/b', undefined, 404, undefined],
  ['POST', 'Users', { userName: 'no address' }, 400, 'invalidValue'],
  ['POST', 'Users', {}, 400, 'invalidValue'],
  ['POST', 'Users', 'no json', 400, 'invalidValue'],
  ['POST', 'Users', [], 400, 'invalidSyntax'],
  ['POST', 'Users', { userName: 'a\u0000b@people.example' }, 400, 'invalidValue'],
  ['POST', 'Groups', { members: [] }, 400, 'invalidValue'],
  ['POST', 'Groups', `{"displayName":"${'x'.repeat(1024 * 1024)}"}`, 413, undefined],
  ['PATCH', `Users/${uuidv7()}`, { Operations: [{ op: 'remove' }] }, 400, 'noTarget'],
  [
    'PATCH',
    `Users/${uuidv7()}`,
    { Operations: [{ op: 'replace', value: { active: false } }] },
    404,
    undefined,
  ],
] as const)(
  '%s %s is refused in the words of RFC 7644 (%#)',
  async (method, path, body, status, scimType) => {
    const answer = await call(method, encodeURI(path), body);
    expect(answer).toMatchObject({ status, json: { schemas: [SCIM.error], status: String(status) } });
    expect(answer.json.scimType).toBe(scimType);
  },
);

test('the service says what it can do', async () => {
  expect((await call('GET', 'ServiceProviderConfig')).json).toMatchObject({
    patch: { supported: true },
    bulk: { supported: false },
    filter: { supported: true },
  });
  expect((await call('GET', 'ResourceTypes')).json.Resources).toMatchObject([
    { id: 'User' },
    { id: 'Group' },
  ]);
  expect((await call('GET', `Schemas/${SCIM.user}`)).json.attributes[0]).toMatchObject({ name: 'userName' });
});

test('security U4: the ledger holds who was provisioned, never a token', async () => {
  const made = await makeToken(ISSUER);
  const rows = await listAuditRows(world.db, teamId, 5);
  expect(rows[0]).toMatchObject({ action: 'scim-client.create', targetId: made.id });
  expect(JSON.stringify(rows)).not.toContain(made.token.slice(4));
});

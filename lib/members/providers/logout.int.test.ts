import { generateKeyPairSync } from 'node:crypto';
import { and, eq, isNull } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accounts, sessions } from '#db/schema/members.ts';
import type { SystemActor } from '#lib/access/actor.ts';
import { listAuditRows } from '#lib/audit/queries.ts';
import { execute } from '#lib/command/define-command.ts';
import { ask } from '#lib/command/define-query.ts';
import { createSecretBox } from '#lib/secrets/secret-box.ts';
import { commandContext, testOrigin, userActor } from '#lib/testing/command-context.ts';
import { makeMember, makeSession, makeTeam } from '#lib/testing/factories.ts';
import { signClaims, startOpenidProvider } from '#lib/testing/openid-provider.ts';
import { LOOPBACK } from '#lib/testing/outbound-policy.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { providerOfSession } from '../find-session.ts';
import { listOwnSessions } from '../queries.ts';
import { signIn } from '../start-session.ts';
import { endProviderSessions } from './end-provider-sessions.ts';
import { readLogoutToken } from './logout-token.ts';

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';
const clientId = 'pitwall';
let world: World;
let teamId: string;
let remote: Awaited<ReturnType<typeof startOpenidProvider>>;
beforeAll(async () => {
  world = await createWorld();
  teamId = (await makeTeam(world)).id;
  remote = await startOpenidProvider();
});
afterAll(async () => {
  await remote.stop();
  await world.close();
});

function claims(values: object = {}) {
  const now = Math.floor(Date.now() / 1000);
  const times = { iat: now, exp: now + 120, jti: `jti-${Math.random()}` };
  return { iss: remote.issuer, aud: clientId, sub: 'ada', events: { [EVENT]: {} }, ...times, ...values };
}
const read = (token: string) =>
  readLogoutToken(token, { issuer: remote.issuer, clientId }, LOOPBACK, new Date());
const foreign = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const hourAgo = Math.floor(Date.now() / 1000) - 3600;

test('a logout token says who was signed out', async () => {
  const token = signClaims(claims({ sid: 's-1' }), remote.privateKey);
  expect(await read(token)).toMatchObject({ issuer: remote.issuer, subject: 'ada', sessionId: 's-1' });
});

test('security P4: the id token that a session keeps to sign out with is sealed, and shown to nobody', async () => {
  const ada = await makeMember(world, teamId, 'viewer');
  const { deps, ...rest } = commandContext(world);
  const context = { ...rest, deps: { ...deps, sealer: createSecretBox('k'.repeat(32)) } };
  const idToken = 'header.claims-CANARY.signature';
  const provider = { issuer: remote.issuer, sessionId: 's', idToken, provedAt: null };
  const how = { method: 'single-sign-on', replaces: null, provider } as const;
  await signIn(context, ada.id, testOrigin, how);
  const [row] = await world.db.select().from(sessions).where(eq(sessions.userId, ada.id));
  const kept = await providerOfSession(world.db, row?.id ?? '');
  expect(context.deps.sealer.open(kept?.sealedIdToken ?? '')).toBe(idToken);
  const actor = userActor(teamId, 'viewer', { userId: ada.id });
  const shown = await ask(context, actor, listOwnSessions, {});
  expect(shown).toHaveLength(1);
  expect(JSON.stringify([row, shown, await listAuditRows(world.db, teamId, 5)])).not.toContain('CANARY');
  await world.db.delete(sessions).where(eq(sessions.userId, ada.id));
});

test.each([
  ['by another issuer', { iss: 'https://evil.example' }, {}],
  ['for another client', { aud: 'another' }, {}],
  ['that is over', { iat: hourAgo, exp: hourAgo + 120 }, {}],
  ['that is old though it says that it is not over', { iat: hourAgo }, {}],
  ['without an end', { exp: undefined }, {}],
  ['without a name of its own', { jti: undefined }, {}],
  ['without the event', { events: {} }, {}],
  ['with a nonce, which makes it an id token', { nonce: 'n' }, {}],
  ['about nobody', { sub: undefined }, {}],
  ['that is not signed', {}, { alg: 'none' }],
  ['signed with the secret of the client', {}, { alg: 'HS256' }],
  ['by a key that the provider does not show', {}, { kid: 'unknown' }],
])('security A8: a logout token %s ends nothing', async (_what, values, header) => {
  const token = signClaims(claims(values), remote.privateKey, header);
  await expect(read(token)).rejects.toMatchObject({
    code: 'invalid',
    message: 'This is no valid logout token.',
  });
});

test('security A8: a logout token with the signature of somebody else ends nothing', async () => {
  await expect(read(signClaims(claims(), foreign))).rejects.toMatchObject({ code: 'invalid' });
  await expect(read('a.b.c')).rejects.toMatchObject({ code: 'invalid' });
});

test('security A4: a sign-out at the provider ends the sessions that came from it, each token once', async () => {
  const { issuer } = remote;
  const ada = await makeMember(world, teamId, 'viewer');
  await world.db.insert(accounts).values({ issuer, subject: 'ada', userId: ada.id });
  const first = await makeSession(world, ada.id, { issuer, issuerSessionId: 's-1' });
  const second = await makeSession(world, ada.id, { issuer, issuerSessionId: 's-2' });
  const byPassword = await makeSession(world, ada.id);
  const context = commandContext(world);
  const actor: SystemActor = {
    ...{ kind: 'system', name: 'provider company', teamId, origin: testOrigin },
    grants: ['sessions:end-any'],
  };
  const end = (values: object) =>
    execute(context, actor, endProviderSessions, {
      ...{ issuer, jti: 'one', expiresAt: new Date(Date.now() + 60_000), subject: 'ada', sessionId: null },
      ...values,
    });
  const live = async () => {
    const rows = await world.db
      .select({ id: sessions.id })
      .from(sessions)
      .where(and(eq(sessions.userId, ada.id), isNull(sessions.revokedAt)));
    return rows.map(({ id }) => id).sort();
  };
  expect(await end({ sessionId: 's-1' })).toEqual({ ended: 1 });
  expect(await live()).toEqual([second.id, byPassword.id].sort());
  expect(JSON.parse(context.published[0]?.[1] ?? '')).toEqual({
    ...{ type: 'sessions.revoked', userId: ada.id, sessionIds: [first.id] },
  });
  await expect(end({})).rejects.toMatchObject({ code: 'conflict' });
  expect(await end({ jti: 'two', issuer: 'https://other.example' })).toEqual({ ended: 0 });
  expect(await end({ jti: 'three' })).toEqual({ ended: 1 });
  expect(await live()).toEqual([byPassword.id]);
});

import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { memberships, users } from '#db/schema/members.ts';
import type { WebContext } from '#lib/compose/web.ts';
import { makeRole } from '#lib/testing/access-world.ts';
import { commandContext, ENVIRONMENT_ISSUER, testOrigin } from '#lib/testing/command-context.ts';
import { makeTeam } from '#lib/testing/factories.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { admit } from './admit.ts';
import type { SignInSource } from './source.ts';

const source: SignInSource = {
  ...{ id: 'oidc', name: 'SSO', issuer: ENVIRONMENT_ISSUER, clientId: 'c', clientSecret: 's' },
  ...{ scopes: 'openid email', groupsClaim: 'groups', signsOutThere: false, trustsAddresses: false },
  ...{ enabled: true, newcomerRole: 'viewer', stored: null },
};
let world: World;
beforeAll(async () => {
  world = await createWorld();
  await makeTeam(world, { slug: 'default' });
});
afterAll(() => world.close());

/** Lets somebody come from the provider, who says this of their address. */
function arrive(sub: string, said: object, values: Partial<SignInSource> = {}) {
  const idToken = { sub, email: `${sub}@people.example`, groups: [], ...said };
  const context = commandContext(world) as unknown as WebContext;
  return admit(context, { ...source, ...values }, { idToken, userinfo: null }, testOrigin);
}
const known = async (sub: string) =>
  world.db
    .select({ id: users.id })
    .from(users)
    .where(eq(users.email, `${sub}@people.example`));

test.each([
  ['says nothing of', {}],
  ['did not verify', { email_verified: false }],
  ['says did not verify, as a text', { email_verified: 'false' }],
])('security A9: nobody new comes in by an address that the provider %s', async (_what, said) => {
  expect(await arrive('mallory', said)).toBe('/sign-in?error=unverified-email');
  expect(await known('mallory')).toEqual([]);
});

test('security A9: addresses count that the provider verified, and those of one that an admin trusts', async () => {
  expect(await arrive('ada', { email_verified: true })).toBe(true);
  expect(await arrive('grace', {}, { trustsAddresses: true })).toBe(true);
  expect([await known('ada'), await known('grace')]).toEqual([[expect.anything()], [expect.anything()]]);
  // Who is known comes in by (issuer, subject), whatever is said of an address.
  expect(await arrive('ada', { email: 'other@people.example', email_verified: false })).toBe(true);
});

test('somebody none of whose roles holds the permission to sign in is told so, whatever team it is in', async () => {
  expect(await arrive('mute', { email_verified: true })).toBe(true);
  const [person] = await known('mute');
  const own = eq(memberships.userId, person?.id ?? '');
  const [team] = await world.db.select().from(memberships).where(own);
  const role = await makeRole(world, team?.teamId ?? '', ['agents:read']);
  await world.db.update(memberships).set({ role }).where(own);
  expect(await arrive('mute', {})).toBe('/sign-in?error=may-not-sign-in');
  const later = await makeTeam(world);
  await world.db.insert(memberships).values({ teamId: later.id, userId: person?.id ?? '', role: 'viewer' });
  expect(await arrive('mute', {})).toBe(true);
});

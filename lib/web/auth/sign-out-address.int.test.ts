import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { sessions } from '#db/schema/members.ts';
import type { WebContext } from '#lib/compose/web.ts';
import { createSecretBox } from '#lib/secrets/secret-box.ts';
import { commandContext } from '#lib/testing/command-context.ts';
import { testSecret } from '#lib/testing/delivery.ts';
import { makeSession, makeUser } from '#lib/testing/factories.ts';
import { startOpenidProvider } from '#lib/testing/openid-provider.ts';
import { LOOPBACK } from '#lib/testing/outbound-policy.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { signOutAddress } from './sign-out-address.ts';

const app = { url: 'https://pitwall.example.test', outbound: LOOPBACK };
const sealer = createSecretBox(testSecret);
let world: World;
let remote: Awaited<ReturnType<typeof startOpenidProvider>>;
let email: string;
let sessionId: string;
beforeAll(async () => {
  world = await createWorld();
  remote = await startOpenidProvider();
});
beforeEach(async () => {
  remote.given.document = { end_session_endpoint: `${remote.issuer}/end?tenant=one` };
  const person = await makeUser(world);
  email = person.email;
  sessionId = (await makeSession(world, person.id, { issuer: remote.issuer })).id;
});
afterAll(async () => {
  await remote.stop();
  await world.close();
});

/** Where signing out leads with the provider that the environment names. */
async function leads(signsOutThere: boolean): Promise<Record<string, string> | null> {
  const oidc = { issuer: remote.issuer, clientId: 'pitwall', clientSecret: 's', name: 'SSO', signsOutThere };
  const base = commandContext(world);
  const context = { ...base, deps: { ...base.deps, sealer }, config: { app, oidc } } as unknown as WebContext;
  const address = await signOutAddress(context, sessionId);
  return address === null ? null : Object.fromEntries(new URL(address).searchParams);
}

test('security A4: signing out ends the session at the provider of the environment too, where that is switched on', async () => {
  const idToken = sealer.seal('the-id-token');
  await world.db.update(sessions).set({ issuerIdToken: idToken }).where(eq(sessions.id, sessionId));
  expect(await leads(true)).toEqual({
    tenant: 'one',
    client_id: 'pitwall',
    id_token_hint: 'the-id-token',
    post_logout_redirect_uri: `${app.url}/sign-in`,
  });
  expect(await leads(false)).toBeNull();
});

test('without an id token the provider is told by an address whom it is about', async () => {
  expect(await leads(true)).toMatchObject({ client_id: 'pitwall', logout_hint: email });
});

test('a provider without such an address, or that does not answer, keeps nobody signed in here', async () => {
  remote.given.document = {};
  expect(await leads(true)).toBeNull();
  remote.given.status = 500;
  expect(await leads(true)).toBeNull();
  remote.given.status = 200;
});

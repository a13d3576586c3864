import { type APIRequestContext, expect, request, test } from '@playwright/test';
import { freePort } from '../../scripts/engines/files.mjs';
import { startProduct } from '../../scripts/testing/product.mjs';
import { ALGORITHMS, type Flaw, startMisbehavingProvider } from './misbehaving-provider.ts';
import { signIn } from './sign-in.ts';

const client = { id: 'pitwall', secret: 'secret-of-the-client-that-is-long-enough' };
type Cookies = Awaited<ReturnType<APIRequestContext['storageState']>>['cookies'];
const browsers: APIRequestContext[] = [];
let site: Awaited<ReturnType<typeof startProduct>>;
let remote: Awaited<ReturnType<typeof startMisbehavingProvider>>;

test.beforeAll(async () => {
  test.setTimeout(180_000);
  remote = await startMisbehavingProvider(client, await freePort());
  site = await startProduct({
    env: {
      OIDC_ISSUER: remote.issuer,
      OIDC_CLIENT_ID: client.id,
      OIDC_CLIENT_SECRET: client.secret,
      OIDC_NAME: 'Loopback ID',
    },
  });
});
test.afterAll(async () => {
  await site?.stop();
  await remote?.stop();
});
test.beforeEach(() => {
  remote.provider.flaw = 'none';
  remote.provider.rememberedForSeconds = 0;
});
test.afterEach(async () => {
  for (const opened of browsers.splice(0)) await opened.dispose();
});

/** Cookies and requests of one browser: every answer here is a redirection, which needs no page to be followed. */
async function browser(cookies: Cookies = []): Promise<APIRequestContext> {
  const opened = await request.newContext({ baseURL: site.url, storageState: { cookies, origins: [] } });
  browsers.push(opened);
  return opened;
}

const hasSession = async (at: APIRequestContext) =>
  (await at.storageState()).cookies.some(({ name }) => name === 'pitwall-session');

/** The same browser without its session, with all its other cookies. */
async function signedOut(at: APIRequestContext): Promise<APIRequestContext> {
  const { cookies } = await at.storageState();
  const kept = cookies.filter(({ name }) => name !== 'pitwall-session');
  return browser(kept);
}

/** Goes from one address to the next as a browser does; answers with all of them, and with the page at their end. */
async function follow(at: APIRequestContext, address: string): Promise<{ addresses: URL[]; page: string }> {
  const addresses = [new URL(address, site.url)];
  for (;;) {
    const from = addresses.at(-1) as URL;
    const answer = await at.get(from.href, { maxRedirects: 0, headers: { referer: `${site.url}/sign-in` } });
    const { location } = answer.headers();
    if (location === undefined) return { addresses, page: await answer.text() };
    addresses.push(new URL(location, from));
  }
}

/** Leaves by the link of the sign-in page to the provider, which sends everybody back at once. */
async function leave(at: APIRequestContext, search = '') {
  const page = await (await at.get(`/sign-in${search}`)).text();
  const link = /<a [^>]*href="([^"]+)"[^>]*>Continue with (?:<!-- -->)?Loopback ID/.exec(page)?.[1] ?? '';
  expect(link).toContain('/api/');
  return follow(at, link.replaceAll('&amp;', '&'));
}

async function isRefused(at: APIRequestContext, { addresses, page }: Awaited<ReturnType<typeof follow>>) {
  const last = addresses.at(-1);
  expect([last?.pathname, last?.searchParams.has('error')]).toEqual(['/sign-in', true]);
  expect(page).toContain('did not work');
  expect(await hasSession(at)).toBe(false);
}

async function isLetIn(at: APIRequestContext, { addresses }: Awaited<ReturnType<typeof follow>>) {
  expect(addresses.at(-1)?.href).toBe(`${site.url}/overview`);
  expect(await hasSession(at)).toBe(true);
}

const FLAWS: readonly Exclude<Flaw, 'none'>[] = [
  'another issuer answers',
  'the answer names no issuer',
  'signed with a key of somebody else',
  'signed with a key that was withdrawn',
  'not signed',
  'signed with the secret of the client',
  'made for another client',
  'made by another issuer',
  'expired',
  'with the nonce of another sign-in',
  'without a nonce',
  'signed in a way that it does not announce',
];
for (const flaw of FLAWS) {
  test(`security A8: an id token or answer lets nobody in: ${flaw}`, async () => {
    remote.provider.flaw = flaw;
    const at = await browser();
    await isRefused(at, await leave(at));
  });
}

test('security A8: an answer opens the console once; replayed, here or in another browser, it opens nothing', async () => {
  const first = await browser();
  const way = await leave(first);
  await isLetIn(first, way);
  const answer = way.addresses.find(({ pathname }) => pathname.startsWith('/api/auth/callback/'))?.href ?? '';
  expect(answer).toContain('state=');
  for (const at of [await signedOut(first), await browser()]) await isRefused(at, await follow(at, answer));
});

test('security A8: a provider that signs with another key from now on lets people in with it and not with the old one', async () => {
  remote.rotate();
  const first = await browser();
  await isLetIn(first, await leave(first));
  remote.provider.flaw = 'signed with a key that was withdrawn';
  const next = await browser();
  await isRefused(next, await leave(next));
});

for (const algorithm of ALGORITHMS) {
  test(`security A8: a provider that signs with ${algorithm} lets people in, and with a way it does not announce nobody`, async () => {
    remote.rotate(algorithm);
    const first = await browser();
    await isLetIn(first, await leave(first));
    remote.provider.flaw = 'signed in a way that it does not announce';
    const next = await browser();
    await isRefused(next, await leave(next));
  });
}

test('security A16: somebody whom the provider remembers since an hour proves it again before a key is made', async ({
  page,
}) => {
  const first = await browser();
  const way = await leave(first);
  await isLetIn(first, way);
  const asked = ({ addresses }: typeof way) =>
    addresses.find(({ origin, pathname }) => origin === remote.issuer && pathname === '/auth')?.searchParams;
  expect([asked(way)?.has('max_age'), asked(way)?.get('prompt')]).toEqual([true, null]);
  expect(asked(await leave(first, '?again=1'))?.get('prompt')).toBe('login');

  await signIn(page, site);
  const headers = { origin: site.url };
  const { items } = await (await page.request.get(`${site.url}/api/v1/accounts`)).json();
  const { userId } = items.find(({ email }: { email: string }) => email === 'mallory@people.example');
  const role = { headers, data: { role: 'developer' } };
  const granted = await page.request.post(`${site.url}/api/v1/accounts/${userId}/global-role`, role);
  expect(granted.status()).toBe(200);
  const makesKey = async (rememberedForSeconds: number) => {
    remote.provider.rememberedForSeconds = rememberedForSeconds;
    const at = await browser();
    await isLetIn(at, await leave(at));
    const data = { name: 'of mallory', scopes: ['read'], expiresInDays: 1 };
    const answer = await at.post('/api/v1/api-keys', { headers, data });
    return [answer.status(), (await answer.json()).title];
  };
  expect(await makesKey(3600)).toEqual([401, 'Sign in again']);
  expect(await makesKey(60)).toEqual([201, undefined]);
});

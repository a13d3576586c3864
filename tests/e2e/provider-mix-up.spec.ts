import { expect, type Page, test } from '@playwright/test';
import { freePort } from '../../scripts/engines/files.mjs';
import { startProduct } from '../../scripts/testing/product.mjs';
import { ALGORITHMS, type Flaw, startMisbehavingProvider } from './misbehaving-provider.ts';

const client = { id: 'pitwall', secret: 'secret-of-the-client-that-is-long-enough' };
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
});

const hasSession = async (page: Page) =>
  (await page.context().cookies(site.url)).some(({ name }) => name === 'pitwall-session');

async function refused(page: Page): Promise<void> {
  await page.waitForURL((url) => url.pathname === '/sign-in' && url.searchParams.has('error'));
  await expect(page.getByRole('alert').first()).toContainText('did not work');
  expect(await hasSession(page)).toBe(false);
}

async function leave(page: Page): Promise<void> {
  await page.goto(`${site.url}/sign-in`);
  await page.getByRole('link', { name: 'Continue with Loopback ID' }).click();
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
  test(`security A8: an id token or answer lets nobody in: ${flaw}`, async ({ page }) => {
    remote.provider.flaw = flaw;
    await leave(page);
    await refused(page);
  });
}

test('security A8: an answer opens the console once; replayed, here or in another browser, it opens nothing', async ({
  page,
  browser,
}) => {
  const answers: string[] = [];
  page.on(
    'request',
    (request) => request.url().includes('/api/auth/callback/') && answers.push(request.url()),
  );
  await leave(page);
  await page.waitForURL((url) => url.origin === site.url && url.pathname === '/overview');
  expect(await hasSession(page)).toBe(true);
  const [answer = ''] = answers;
  expect(answer).toContain('state=');

  await page.context().clearCookies({ name: 'pitwall-session' });
  await page.goto(answer);
  await refused(page);
  const other = await browser.newContext();
  const second = await other.newPage();
  await second.goto(answer);
  await refused(second);
  await other.close();
});

test('security A8: a provider that signs with another key from now on lets people in with it and not with the old one', async ({
  page,
}) => {
  remote.rotate();
  await leave(page);
  await page.waitForURL((url) => url.origin === site.url && url.pathname === '/overview');
  expect(await hasSession(page)).toBe(true);
  await page.context().clearCookies();
  remote.provider.flaw = 'signed with a key that was withdrawn';
  await leave(page);
  await refused(page);
});

for (const algorithm of ALGORITHMS) {
  test(`security A8: a provider that signs with ${algorithm} lets people in, and with a way it does not announce nobody`, async ({
    page,
  }) => {
    remote.rotate(algorithm);
    await leave(page);
    await page.waitForURL((url) => url.origin === site.url && url.pathname === '/overview');
    expect(await hasSession(page)).toBe(true);
    await page.context().clearCookies();
    remote.provider.flaw = 'signed in a way that it does not announce';
    await leave(page);
    await refused(page);
  });
}

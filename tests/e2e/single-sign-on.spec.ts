import { expect, type Page } from '@playwright/test';
import { freePort } from '../../scripts/engines/files.mjs';
import { startProduct } from '../../scripts/testing/product.mjs';
import { startIdentityProvider } from './identity-provider.ts';
import { test } from './journey.ts';

const client = { id: 'pitwall', secret: 'secret-of-the-client' };
const SESSION_COOKIE = 'pitwall-session';
let site: { url: string; stop(): Promise<unknown> };
let provider: Awaited<ReturnType<typeof startIdentityProvider>>;

test.beforeAll(async () => {
  test.setTimeout(180_000);
  const [port, providerPort] = [await freePort(), await freePort()];
  const redirectUri = `http://localhost:${port}/api/auth/callback/oidc`;
  provider = await startIdentityProvider({ ...client, redirectUri }, providerPort, {
    thief: 'admin@example.test',
  });
  site = await startProduct({
    env: {
      PORT: String(port),
      OIDC_ISSUER: provider.issuer,
      OIDC_CLIENT_ID: client.id,
      OIDC_CLIENT_SECRET: client.secret,
      OIDC_NAME: 'Loopback ID',
      RATE_LIMIT_SIGN_IN_PER_MINUTE: '3',
    },
  });
});
test.afterAll(async () => {
  await site?.stop();
  await provider?.stop();
});

/** Walks through the provider's own pages as `name`. */
async function signInThrough(page: Page, name: string, search = ''): Promise<void> {
  await page.goto(`${site.url}/sign-in${search}`);
  await page.getByRole('link', { name: 'Continue with Loopback ID' }).click();
  await page.getByPlaceholder('Enter any login').fill(name);
  await page.getByPlaceholder('and password').fill('any');
  await page.getByRole('button', { name: 'Sign-in' }).click();
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.waitForURL((url) => url.origin === site.url && !url.pathname.startsWith('/api/auth'));
}

async function sessionCookie(page: Page) {
  const cookies = await page.context().cookies(site.url);
  return cookies.find(({ name }) => name === SESSION_COOKIE);
}

test('security A8: somebody new signs in through a real provider and has a session that scripts cannot read', async ({
  page,
}) => {
  await signInThrough(page, 'ada');
  expect(new URL(page.url()).pathname).not.toBe('/sign-in');
  expect(await sessionCookie(page)).toMatchObject({ httpOnly: true, sameSite: 'Lax', path: '/' });
  expect(await page.evaluate(() => document.cookie)).not.toContain(SESSION_COOKIE);
  const session = await page.request.get(`${site.url}/api/auth/session`);
  expect(await session.json()).toMatchObject({ user: { email: 'ada@people.example', name: 'Person ada' } });
});

test('security A16: proving it again asks at the provider, makes another session and ends the one before', async ({
  page,
  request,
}) => {
  await signInThrough(page, 'ada');
  const first = (await sessionCookie(page))?.value;
  await page.goto(`${site.url}/sign-in?again=1`);
  await page.getByRole('link', { name: 'Continue with Loopback ID' }).click();
  await page.getByPlaceholder('Enter any login').fill('ada');
  await page.getByPlaceholder('and password').fill('any');
  await page.getByRole('button', { name: 'Sign-in' }).click();
  await page.waitForURL((url) => url.origin === site.url && !url.pathname.startsWith('/api/auth'));
  expect((await sessionCookie(page))?.value).not.toBe(first);
  const old = await request.get(`${site.url}/api/auth/session`, {
    headers: { cookie: `${SESSION_COOKIE}=${first}` },
  });
  expect(await old.json()).toEqual({});
});

test('security A9: an address that belongs to somebody opens nothing for another identity', async ({
  page,
}) => {
  await signInThrough(page, 'thief');
  await expect(page.getByRole('alert').first()).toContainText('Somebody with your e-mail address');
  expect(await sessionCookie(page)).toBeUndefined();
});

test('security A10: signing in never leads to another origin', async ({ page }) => {
  await signInThrough(page, 'grace', '?callbackUrl=https://evil.example/steal');
  expect(new URL(page.url()).origin).toBe(site.url);
});

test('security A8: an answer that this browser did not ask for is refused', async ({ page }) => {
  await page.goto(`${site.url}/api/auth/callback/oidc?code=stolen&state=forged&iss=${provider.issuer}`);
  await expect(page.getByRole('alert').first()).toContainText('did not work');
  expect(await sessionCookie(page)).toBeUndefined();
});

test('security A12: after a few attempts an address has to wait, whatever account it tries', async ({
  page,
}) => {
  const answered = page.getByRole('alert').filter({ hasText: /is not right|Too many requests/ });
  const answers: (string | null)[] = [];
  // An attempt comes back every 20 s: a slow machine needs some more until none is left.
  while (!answers.at(-1)?.includes('Too many requests.') && answers.length < 10) {
    await page.goto(`${site.url}/sign-in`);
    await page.getByLabel('Email').fill(`nobody-${answers.length}@example.test`);
    await page.getByLabel('Password').fill('a wrong password');
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    answers.push(await answered.first().textContent());
  }
  expect(answers.length).toBeGreaterThan(3);
  expect(answers.at(-1)).toContain('Too many requests.');
});

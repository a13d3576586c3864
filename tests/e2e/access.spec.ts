import { type APIRequestContext, expect } from '@playwright/test';
import { test } from './journey.ts';
import { product } from './product.ts';
import { signIn, signInByForm } from './sign-in.ts';

const SESSION_COOKIE = 'pitwall-session';

/** The fields that a form without scripts would send, as the page holds them. */
async function signInFields(request: APIRequestContext): Promise<Record<string, string>> {
  const html = await (await request.get('/sign-in')).text();
  const hidden = [...html.matchAll(/<input type="hidden" name="([^"]+)"(?: value="([^"]*)")?/g)];
  const decode = (text: string) => text.replaceAll('&quot;', '"').replaceAll('&amp;', '&');
  const { admin } = product();
  return {
    ...Object.fromEntries(hidden.map(([, name = '', value = '']) => [decode(name), decode(value)])),
    email: admin.email,
    password: admin.password,
  };
}

async function submit(request: APIRequestContext, headers: Record<string, string>): Promise<string[]> {
  const multipart = await signInFields(request);
  const response = await request.post('/sign-in', { multipart, headers, maxRedirects: 0 });
  const cookies = response.headersArray().filter(({ name }) => name.toLowerCase() === 'set-cookie');
  return cookies.map(({ value }) => value).filter((value) => value.startsWith(`${SESSION_COOKIE}=`));
}

test('security N1: a form of another site, or one that does not say where it is from, signs nobody in', async ({
  request,
}) => {
  const own = new URL(product().url).origin;
  expect(await submit(request, {})).toEqual([]);
  expect(await submit(request, { origin: 'https://evil.example' })).toEqual([]);
  expect(await submit(request, { origin: own, 'sec-fetch-site': 'cross-site' })).toEqual([]);
  const [cookie] = await submit(request, { origin: own });
  expect(cookie).toMatch(/HttpOnly/i);
});

test.describe('with hostile headers', () => {
  const bad = ['Bearer', 'Bearer \u00ff\u00fe', `Bearer ${'x'.repeat(6000)}`, 'Basic %%%', 'Bearer a.b.c'];
  for (const authorization of bad) {
    test(`security A14: ${JSON.stringify(authorization.slice(0, 20))} is 401 and the process lives`, async ({
      request,
    }) => {
      const answer = await request.get('/api/v1/agents', { headers: { authorization } });
      expect(answer.status()).toBe(401);
      expect(answer.headers()['content-type']).toContain('application/problem+json');
      const cookie = `${SESSION_COOKIE}=%E0%A4%A; ${SESSION_COOKIE}=__proto__; pitwall-sso-state=x`;
      expect((await request.get('/api/v1/agents', { headers: { cookie } })).status()).toBe(401);
      expect((await request.get('/sign-in', { headers: { cookie } })).status()).toBe(200);
    });
  }
});

test('security N3: a mutation by cookie needs our origin and JSON', async ({ page }) => {
  await signIn(page);
  const post = (headers: Record<string, string>, data: string) =>
    page.request.post('/api/v1/agents', { headers, data }).then((answer) => answer.status());
  const body = JSON.stringify({ name: 'forged' });
  const origin = new URL(product().url).origin;
  expect(await post({ 'content-type': 'application/json' }, body)).toBe(403);
  expect(await post({ 'content-type': 'application/json', origin: 'https://evil.example' }, body)).toBe(403);
  expect(await post({ 'content-type': 'text/plain', origin }, body)).toBe(422);
});

test('security N5: every page has a nonce of its own, and a policy that a client sends is not taken over', async ({
  request,
}) => {
  const sent = { 'content-security-policy': "script-src 'nonce-evil' *" };
  const answers = await Promise.all([1, 2].map(() => request.get('/sign-in', { headers: sent })));
  const nonces = answers.map(
    (answer) => /'nonce-([^']+)'/.exec(answer.headers()['content-security-policy'] ?? '')?.[1],
  );
  expect(new Set(nonces).size).toBe(2);
  expect(nonces).not.toContain('evil');
  expect(await answers[0]?.text()).toContain(`nonce="${nonces[0]}"`);
  expect(answers[0]?.headers()).toMatchObject({
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'cache-control': 'no-store',
  });
});

test('security A13: the setup page is of no use without a token that was printed on the server', async ({
  page,
}) => {
  await page.goto('/setup?token=guessed');
  await expect(page.getByText('This link is not valid any more')).toBeVisible();
  await expect(page.getByLabel('Password')).toHaveCount(0);
  await expect(page.getByRole('link', { name: 'Sign in' })).toBeVisible();
});

test('security P3: a key is shown once, works, and is refused within 5 s of its revocation', async ({
  page,
  request,
}) => {
  await signIn(page);
  await page.goto('/settings/api-keys');
  const name = `journey ${Date.now()}`;
  await page.getByLabel('Name').fill(name);
  await page.getByRole('checkbox', { name: /read/ }).check();
  await page.getByRole('button', { name: 'Create key' }).click();
  const shown = page.getByText(/^pw_[0-9a-f]{48}_[0-9a-f]{8}$/);
  const key = (await shown.textContent()) ?? '';
  const use = async () =>
    (await request.get('/api/v1/agents', { headers: { authorization: `Bearer ${key}` } })).status();
  expect(await use()).toBe(200);

  await page.reload();
  await expect(page.getByText(name)).toBeVisible();
  expect(await page.content()).not.toContain(key);

  await page.getByRole('listitem').filter({ hasText: name }).getByRole('button', { name: 'Revoke' }).click();
  await page.getByRole('button', { name: 'Revoke the key' }).click();
  await expect(page.getByRole('listitem').filter({ hasText: name })).toContainText('Revoked');
  await expect(async () => expect(await use()).toBe(401)).toPass({ timeout: 5000 });
});

/** No other journey looks like this in the list of sessions. */
const FIREFOX = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:144.0) Gecko/20100101 Firefox/144.0';

test('security A4: a session that is ended elsewhere takes its page away by itself, and says so', async ({
  browser,
}) => {
  const contexts = await Promise.all([1, 2].map(() => browser.newContext({ userAgent: FIREFOX })));
  try {
    const [first, second] = await Promise.all(contexts.map((context) => context.newPage()));
    if (!first || !second) throw new Error('There are no two browsers.');
    await signInByForm(first);
    await signInByForm(second);
    const before = (await first.context().cookies()).find(({ name }) => name === SESSION_COOKIE);
    expect(before?.httpOnly).toBe(true);
    await expect(first.locator('[data-connection="live"]')).toBeVisible();
    await second.goto('/settings/sessions');
    const others = second
      .getByRole('listitem')
      .filter({ hasText: 'Firefox on Windows', hasNotText: 'this one' });
    await expect(others).not.toHaveCount(0);
    for (let left = await others.count(); left > 0; left -= 1) {
      await others.first().getByRole('button', { name: 'End' }).click();
      await expect(others).toHaveCount(left - 1);
    }
    await first.waitForURL(/\/sign-in\?callbackUrl=%2Foverview/);
    await expect(first.getByText('Your session was ended. Sign in again.')).toBeVisible();
  } finally {
    await Promise.all(contexts.map((context) => context.close()));
  }
});

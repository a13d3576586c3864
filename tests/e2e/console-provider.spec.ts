import { type Browser, expect, type Page } from '@playwright/test';
import { decodeJwt } from 'jose';
import { freePort } from '../../scripts/engines/files.mjs';
import { startProduct } from '../../scripts/testing/product.mjs';
import { startIdentityProvider } from './identity-provider.ts';
import { test } from './journey.ts';
import { leaveFor, signIn } from './sign-in.ts';

const client = { id: 'pitwall', secret: 'secret-of-the-client-CANARY' };
const SESSION_COOKIE = 'pitwall-session';
const groups: Record<string, string[]> = { ada: ['ops'], grace: ['ops'], linus: [] };
let site: Awaited<ReturnType<typeof startProduct>>;
let provider: Awaited<ReturnType<typeof startIdentityProvider>>;

test.describe.configure({ mode: 'serial' });
test.beforeAll(async () => {
  test.setTimeout(180_000);
  const [port, providerPort] = [await freePort(), await freePort()];
  const own = `http://localhost:${port}`;
  const uris = {
    redirectUri: `${own}/api/auth/callback/company`,
    backChannelUri: `${own}/api/auth/back-channel/company`,
    signedOutUri: `${own}/sign-in`,
  };
  // As most providers differ from the plainest one: another signature, and little in the id token.
  const ways = { signsWith: 'ES256', keepsToUserinfo: true } as const;
  provider = await startIdentityProvider({ ...client, ...uris }, providerPort, {}, groups, ways);
  site = await startProduct({ env: { PORT: String(port), RATE_LIMIT_SIGN_IN_PER_MINUTE: '1000' } });
});
test.afterAll(async () => {
  await site?.stop();
  await provider?.stop();
});

/** What the provider's own pages ask, answered as `name`, until we are back. */
async function proveAs(page: Page, name: string): Promise<void> {
  await page.getByPlaceholder('Enter any login').fill(name);
  await page.getByPlaceholder('and password').fill('any');
  await page.getByRole('button', { name: 'Sign-in' }).click();
  const consent = page.getByRole('button', { name: 'Continue' });
  const isBack = page.waitForURL((url) => url.origin === site.url && !url.pathname.startsWith('/api/auth'));
  await Promise.race([isBack, consent.click().catch(() => {})]);
  await isBack;
}

async function signInAs(page: Page, name: string): Promise<void> {
  await leaveFor(page, `${site.url}/sign-in`);
  await page.getByRole('link', { name: 'Continue with Company ID' }).click();
  await proveAs(page, name);
}

async function inNewBrowser(browser: Browser, work: (page: Page) => Promise<void>): Promise<void> {
  const context = await browser.newContext();
  try {
    await work(await context.newPage());
  } finally {
    await context.close();
  }
}

const sessionOf = async (page: Page) => (await page.request.get(`${site.url}/api/auth/session`)).json();
const hasSession = async (page: Page) => Object.keys(await sessionOf(page)).length > 0;
/** A request of the directory that provisions. */
async function provision(page: Page, token: string, method: 'POST' | 'PATCH', path: string, data: object) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' };
  return page.request.fetch(`${site.url}/scim/v2/${path}`, { method, headers, data: JSON.stringify(data) });
}
/** Developers make agents, viewers do not. */
const makesAgents = async (page: Page) => {
  const data = { name: `agent-${Math.random()}` };
  const headers = { origin: site.url };
  return (await page.request.post(`${site.url}/api/v1/agents`, { data, headers })).status();
};

test('security A8: a provider is set up in the console, fails its test in words, works, and is enabled', async ({
  page,
  browser,
}) => {
  await signIn(page, site);
  await page.goto(`${site.url}/settings/single-sign-on/new`);
  await page.getByLabel('Name in addresses').fill('company');
  await page.getByLabel('Name', { exact: true }).fill('Company ID');
  await page.getByLabel('Issuer').fill('http://169.254.169.254/');
  await page.getByLabel('Client id').fill(client.id);
  await page.getByLabel('Client secret').fill('not-the-secret');
  await page.getByRole('button', { name: 'Save provider' }).click();
  await expect(page.getByText('leads inside the network')).toBeVisible();
  await page.getByLabel('Issuer').fill(provider.issuer);
  await page.getByRole('button', { name: 'Save provider' }).click();
  await page.waitForURL(/single-sign-on\/[0-9a-f-]{36}$/);
  await expect(page.getByRole('button', { name: 'Enable' })).toHaveAttribute('aria-disabled', 'true');

  await page.getByRole('button', { name: 'Try a sign-in' }).click();
  await proveAs(page, 'ada');
  await expect(page.getByText('The provider does not accept the client id or its secret.')).toBeVisible();
  await page.getByLabel('Client secret').fill(client.secret);
  await page.getByRole('button', { name: 'Save changes' }).click();
  await expect(page.getByText('Nobody has tried this configuration yet.')).toBeVisible();

  await page.getByRole('button', { name: 'Try a sign-in' }).click();
  await proveAs(page, 'ada');
  const result = page.getByRole('region', { name: 'Test sign-in' });
  await expect(result).toContainText('Works');
  await expect(result).toContainText('ada@people.example');
  await expect(result).toContainText('Groups in groups: ops (from userinfo)');
  await expect(result).toContainText('this person would not come in');
  // It was a test: who is signed in is who was, and there is no account for whom it was tried with.
  expect(await sessionOf(page)).toMatchObject({ user: { email: site.admin.email } });
  expect(await page.content()).not.toContain('CANARY');
  await inNewBrowser(browser, async (stranger) => {
    await stranger.goto(`${site.url}/sign-in`);
    await expect(stranger.getByRole('button', { name: 'Sign in', exact: true })).toBeVisible();
    await expect(stranger.getByRole('link', { name: 'Continue with Company ID' })).toHaveCount(0);
    await stranger.goto(`${site.url}/api/auth/callback/company?code=a&state=b&iss=${provider.issuer}`);
    await expect(stranger.getByRole('alert').first()).toContainText('did not work');
  });
  await page.getByRole('button', { name: 'Enable' }).click();
  await expect(page.getByText('Enabled', { exact: true })).toBeVisible();
});

test('security A11: groups of the provider give roles, and a group that is removed takes its role at the next sign-in', async ({
  page,
  browser,
}) => {
  await inNewBrowser(browser, async (stranger) => {
    await signInAs(stranger, 'ada');
    await expect(stranger.getByRole('alert').first()).toContainText('None of your groups gives you a role');
    expect(await hasSession(stranger)).toBe(false);
  });
  await signIn(page, site);
  await page.goto(`${site.url}/settings/single-sign-on`);
  for (const [index, [group, role]] of [
    ['ops', 'developer'],
    ['guests', 'viewer'],
  ].entries()) {
    await page.getByRole('button', { name: 'Add a group' }).click();
    await page.getByLabel(`Name of group ${index + 1}`).fill(group ?? '');
    await page.getByLabel(`Role of group ${index + 1}`).selectOption(role ?? '');
  }
  await page.getByRole('button', { name: 'Save mapping' }).click();
  await expect(page.getByRole('button', { name: 'Save mapping' })).toHaveAttribute('aria-disabled', 'true');

  await inNewBrowser(browser, async (ada) => {
    await signInAs(ada, 'ada');
    expect(await makesAgents(ada)).toBe(201);
    groups.ada = ['guests'];
    await ada.context().clearCookies();
    await signInAs(ada, 'ada');
    expect(await makesAgents(ada)).toBe(403);
    groups.ada = [];
    await ada.context().clearCookies();
    await signInAs(ada, 'ada');
    await expect(ada.getByRole('alert').first()).toContainText('None of your groups gives you a role');
    expect(await hasSession(ada)).toBe(false);
  });
});

test('security A8: a sign-in begins without script, and only from a page of ours', async ({ browser }) => {
  groups.ada = ['ops'];
  const context = await browser.newContext({ javaScriptEnabled: false });
  try {
    const page = await context.newPage();
    await signInAs(page, 'ada');
    expect(await sessionOf(page)).toMatchObject({ user: { email: 'ada@people.example' } });
    await page.goto(`${site.url}/sign-in?again=1`);
    const link = page.getByRole('link', { name: 'Continue with Company ID' });
    const address = new URL((await link.getAttribute('href')) ?? '', site.url).href;
    const led = async (headers: Record<string, string>) => {
      const answer = await page.request.get(address, { headers, maxRedirects: 0 });
      return { to: answer.headers().location ?? '', sets: answer.headers()['set-cookie'] ?? '' };
    };
    const foreign: Record<string, string>[] = [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'none' },
      { referer: 'https://evil.example/' },
      {},
    ];
    for (const headers of foreign)
      expect(await led(headers)).toEqual({ to: expect.stringMatching(/^\/sign-in/), sets: '' });
    const begun = await led({ referer: `${site.url}/sign-in` });
    expect(new URL(begun.to).origin).toBe(provider.issuer);
    expect(begun.sets).toContain('pitwall-sso-state');
  } finally {
    await context.close();
  }
});

test('security A9: an identity is linked while signed in, opens that account, and is taken away again', async ({
  page,
  browser,
}) => {
  await signIn(page, site);
  await page.goto(`${site.url}/settings/identities`);
  await page.getByRole('button', { name: 'Connect Company ID' }).click();
  await proveAs(page, 'linus');
  await expect(page.getByRole('status').first()).toContainText('The identity is connected');
  expect(await sessionOf(page)).toMatchObject({ user: { email: site.admin.email } });
  await inNewBrowser(browser, async (other) => {
    await signInAs(other, 'linus');
    expect(await sessionOf(other)).toMatchObject({ user: { email: site.admin.email } });
  });
  await page.getByRole('button', { name: 'Disconnect' }).click();
  await page.getByRole('button', { name: 'Disconnect it' }).click();
  await expect(page.getByText('You sign in with a password or a passkey only')).toBeVisible();
});

test('security A4: signing out here signs out at the provider, and the provider signs out here within 5 s', async ({
  page,
  browser,
}) => {
  await signIn(page, site);
  await page.goto(`${site.url}/settings/single-sign-on`);
  await page.getByRole('link', { name: 'Company ID' }).click();
  await page.getByLabel('Signing out here signs out at the provider too').check();
  const saved = page.waitForResponse((response) => response.request().method() === 'POST');
  await page.getByRole('button', { name: 'Save changes' }).click();
  expect((await saved).status()).toBe(200);
  await expect(page.getByText('Enabled', { exact: true })).toBeVisible();
  await page.reload();
  await expect(page.getByLabel('Signing out here signs out at the provider too')).toBeChecked();

  await inNewBrowser(browser, async (grace) => {
    await signInAs(grace, 'grace');
    const kept = (await grace.context().cookies(site.url)).filter(({ name }) => name === SESSION_COOKIE);
    expect(kept).toHaveLength(1);
    // The provider ends its session by itself: what it tells us over the back channel ends ours.
    await grace.goto(`${provider.issuer}/session/end`);
    await grace.getByRole('button', { name: /yes, sign me out/i }).click();
    await expect.poll(() => hasSession(grace), { timeout: 5000 }).toBe(false);

    await signInAs(grace, 'grace');
    await grace.getByRole('button', { name: 'Account' }).click();
    await grace.getByRole('menuitem', { name: 'Sign out' }).click();
    await grace.waitForURL((url) => url.origin === provider.issuer && url.pathname === '/session/end');
    const hint = new URL(grace.url()).searchParams.get('id_token_hint') ?? '';
    expect(decodeJwt(hint)).toMatchObject({ sub: 'grace', aud: client.id });
    expect(await hasSession(grace)).toBe(false);
    await grace.getByRole('button', { name: /yes, sign me out/i }).click();
    await grace.waitForURL(`${site.url}/sign-in**`);
  });
});

test('security A9: an account that the directory made opens at its first sign-in, and ends within 5 s with it', async ({
  page,
  browser,
}) => {
  await signIn(page, site);
  await page.goto(`${site.url}/settings/single-sign-on/provisioning`);
  await page.getByLabel('Name').fill('directory');
  await page.getByRole('button', { name: 'Create token' }).click();
  const shown = page.getByRole('region', { name: 'New token' });
  await expect(shown).toContainText('it is shown this once');
  const token = /pws_[\w-]{43}/.exec((await shown.textContent()) ?? '')?.[0] ?? '';
  const made = await provision(page, token, 'POST', 'Users', {
    userName: 'hopper@directory.example',
    externalId: 'hopper',
  });
  expect(made.status()).toBe(201);
  const { id } = await made.json();
  await provision(page, token, 'POST', 'Groups', { displayName: 'ops', members: [{ value: id }] });
  await inNewBrowser(browser, async (hopper) => {
    await signInAs(hopper, 'hopper');
    expect(await sessionOf(hopper)).toMatchObject({ user: { email: 'hopper@directory.example' } });
    expect(await makesAgents(hopper)).toBe(201);
    const off = { Operations: [{ op: 'Replace', path: 'active', value: 'False' }] };
    expect((await provision(page, token, 'PATCH', `Users/${id}`, off)).status()).toBe(200);
    await expect.poll(() => hasSession(hopper), { timeout: 5000 }).toBe(false);
    await hopper.context().clearCookies();
    await signInAs(hopper, 'hopper');
    await expect(hopper.getByRole('alert').first()).toContainText('Your account is disabled');
  });
});

test('security A8: a real provider that signs with the secret of the client fails its test in words', async ({
  page,
}) => {
  const secret = 'a-secret-that-is-long-enough-to-sign-with';
  const redirectUri = `${site.url}/api/auth/callback/legacy`;
  const ways = { signsWith: 'HS256' } as const;
  const legacy = await startIdentityProvider(
    { ...client, secret, redirectUri },
    await freePort(),
    {},
    {},
    ways,
  );
  try {
    await signIn(page, site);
    await page.goto(`${site.url}/settings/single-sign-on/new`);
    await page.getByLabel('Name in addresses').fill('legacy');
    await page.getByLabel('Name', { exact: true }).fill('Legacy ID');
    await page.getByLabel('Issuer').fill(legacy.issuer);
    await page.getByLabel('Client id').fill(client.id);
    await page.getByLabel('Client secret').fill(secret);
    await page.getByRole('button', { name: 'Save provider' }).click();
    await page.waitForURL(/single-sign-on\/[0-9a-f-]{36}$/);
    await page.getByRole('button', { name: 'Try a sign-in' }).click();
    await proveAs(page, 'ada');
    await expect(page.getByText('signed in a way that is not accepted')).toBeVisible();
    await expect(page.getByRole('button', { name: 'Enable' })).toHaveAttribute('aria-disabled', 'true');
  } finally {
    await legacy.stop();
  }
});

import { type Browser, expect, type Page } from '@playwright/test';
import { Secret, TOTP } from 'otpauth';
import { test } from './journey.ts';
import { product } from './product.ts';
import { leaveFor, signIn } from './sign-in.ts';

const password = 'a long enough password';
const WITHIN_MS = 5000;

/** Picks a role for somebody in a list of people. */
async function giveRole(page: Page, label: string, role: string): Promise<void> {
  await page.getByLabel(label).selectOption({ label: role });
  await expect(page.getByText(`${label}: changed.`).last()).toBeVisible();
}

/** A role of the team that lets people sign in, as a new one does, look at agents and members, and nothing else. */
async function makeRole(page: Page, name: string): Promise<void> {
  await page.goto('/settings/roles');
  await page.getByRole('link', { name: 'New role', exact: true }).click();
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('See agents, their health and configuration').check();
  await page.getByLabel('See the members of the team').check();
  const preview = page.getByRole('region', { name: 'Preview' });
  await page.getByLabel('Sign in', { exact: true }).uncheck();
  await expect(preview.getByRole('alert')).toContainText('A person with this role alone cannot sign in');
  await expect(page.getByText('whoever has this role and no other cannot enter')).toBeVisible();
  await page.getByLabel('Sign in', { exact: true }).check();
  await expect(preview.getByRole('alert')).toHaveCount(0);
  await expect(preview.getByRole('listitem')).toHaveText([
    'See agents, their health and configuration',
    'See the members of the team',
    'Sign in',
  ]);
  await page.getByRole('button', { name: 'Save role' }).click();
  await expect(page.getByRole('link', { name }).first()).toBeVisible();
}

async function invite(page: Page, email: string, role: string): Promise<string> {
  await page.goto('/settings/members');
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Role', { exact: true }).selectOption({ label: role });
  await page.getByRole('button', { name: 'Invite', exact: true }).click();
  return (await page.getByText(/\/join\/[\w-]{43}/).textContent()) ?? '';
}

/** The invited person, in a browser of their own. */
async function join(browser: Browser, link: string, name: string): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await page.goto(link);
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Join the team' }).click();
  await page.waitForURL(/\/overview/);
  return page;
}

/** Whether a page answers or says that the role does not allow it. */
const status = async (page: Page, path: string) => (await page.request.get(path)).status();

/** Whether a person is signed out within five seconds of what was done to them. */
const expectSignedOut = (page: Page) =>
  expect(async () => expect(await status(page, '/api/v1/agents')).toBe(401)).toPass({ timeout: WITHIN_MS });

/** Signs in with the password and says where that led. */
async function typePassword(page: Page, email: string): Promise<string> {
  await page.context().clearCookies();
  await leaveFor(page, '/sign-in');
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.waitForURL((url) => url.pathname !== '/sign-in');
  return new URL(page.url()).pathname;
}

/** Knocks at the API as the person of a page. */
async function post(page: Page, path: string, data: object = {}) {
  const { origin } = new URL(page.url());
  const answer = await page.request.post(`${origin}/api/v1${path}`, { headers: { origin }, data });
  return { status: answer.status(), body: await answer.json() };
}

/**
 * Who makes a link for a new password through the API, and who does not: the admin for somebody weaker; neither these, nor
 * an API key, nor an admin of accounts who may do less than whom they make it for.
 */
async function expectResetLinksGuarded(
  admin: Page,
  person: Page,
  { id, email }: { id: string; email: string },
): Promise<void> {
  const linkFor = (userId: string) => `/accounts/${userId}/password-reset`;
  const made = await post(admin, linkFor(id));
  expect(made).toMatchObject({ status: 200, body: { userId: id } });
  expect(made.body.path).toMatch(/^\/reset-password\?token=[\w-]{43}$/);
  expect(await post(admin, linkFor('019a0000-0000-7000-8000-000000000000'))).toMatchObject({ status: 404 });
  expect(await post(admin, linkFor('nobody'))).toMatchObject({ status: 422 });
  const origin = new URL(admin.url()).origin;
  const own = await admin.request.get(
    `${origin}/api/v1/accounts?q=${encodeURIComponent(product().admin.email)}`,
  );
  const adminId = (await own.json()).items.find(
    (one: { email: string }) => one.email === product().admin.email,
  ).userId;
  expect(await post(admin, linkFor(adminId))).toMatchObject({ status: 409 });

  const weaker = await post(person, linkFor(adminId));
  expect(weaker).toMatchObject({ status: 403, body: { detail: expect.stringContaining('“Disable and') } });
  const { body: key } = await post(admin, '/api-keys', { name: `reset ${id}`, scopes: ['read', 'write'] });
  const byKey = await fetch(`${origin}/api/v1${linkFor(id)}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key.key}`, 'content-type': 'application/json' },
    body: '{}',
  });
  expect(byKey.status).toBe(403);

  const permissions = ['sessions:start', 'accounts:read', 'accounts:manage'];
  const role = await post(admin, '/global-roles', { name: `Keeper ${id}`, permissions });
  await post(admin, `/accounts/${id}/global-role`, { role: role.body.id });
  expect(await typePassword(person, email)).toBe('/overview');
  const stronger = await post(person, linkFor(adminId));
  expect(stronger).toMatchObject({
    status: 403,
    body: { detail: expect.stringContaining('at least as much') },
  });
  await post(admin, `/accounts/${id}/global-role`, { role: null });
}

test('security A3, A4, A6: an invited person gets a role, does exactly what it allows, loses it and is signed out within 5 s each time', async ({
  page,
  browser,
}) => {
  test.setTimeout(120_000);
  const mark = Date.now();
  const [name, role, email] = [`Ada ${mark}`, `Looker ${mark}`, `ada-${mark}@example.test`];
  await signIn(page);
  await makeRole(page, role);
  const link = await invite(page, email, 'Viewer');
  const ada = await join(browser, link, name);
  try {
    await ada.goto(link);
    await expect(ada.getByText('This invitation is not valid any more')).toBeVisible();

    await page.goto('/settings/members');
    await giveRole(page, `Role of ${name}`, role);
    await expectSignedOut(ada);
    expect(await typePassword(ada, email)).toBe('/overview');
    expect(await status(ada, '/api/v1/members')).toBe(200);
    expect(await status(ada, '/api/v1/alerts')).toBe(403);
    expect(await status(ada, '/api/v1/agents')).toBe(200);
    expect(await status(ada, '/api/v1/accounts')).toBe(403);
    await ada.goto('/settings/members');
    await expect(ada.getByText(name)).toBeVisible();
    await expect(ada.getByRole('button', { name: /Remove/ })).toHaveCount(0);
    await ada.goto('/settings/roles');
    await expect(ada.getByText('Your role may not see what roles allow')).toBeVisible();
    await ada.goto('/alerts');
    await expect(ada.getByText('Your role may not see alerts')).toBeVisible();
    await ada.goto('/on-call');
    await expect(ada.getByText('Your role may not see this page')).toBeVisible();

    await giveRole(page, `Role of ${name}`, 'Viewer');
    await expectSignedOut(ada);
    await ada.waitForURL(/\/sign-in\?callbackUrl=%2Fon-call/);
    await expect(ada.getByText('Your access changed; sign in again.')).toBeVisible();
    expect(await typePassword(ada, email)).toBe('/overview');
    await ada.goto('/settings/members');
    await expect(ada.getByText('Your role may not see who is in the team')).toBeVisible();

    await ada.goto('/agents');
    await page.goto(`/settings/accounts?q=${mark}`);
    await page.getByRole('button', { name: `Disable: ${name}` }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Disable', exact: true }).click();
    await expect(page.getByRole('button', { name: `Enable: ${name}` })).toBeVisible();
    await expectSignedOut(ada);
    await ada.waitForURL(/\/sign-in\?callbackUrl=%2Fagents/);
    await ada.getByLabel('Email').fill(email);
    await ada.getByLabel('Password').fill(password);
    await ada.getByRole('button', { name: 'Sign in', exact: true }).click();
    await expect(ada.getByRole('alert').first()).toContainText('not right');
  } finally {
    await ada.context().close();
  }
});

test('security A16: an admin takes a lost second factor off somebody, once asked, and the log leads to them', async ({
  page,
  browser,
}) => {
  test.setTimeout(120_000);
  const mark = Date.now();
  const [name, email] = [`Grace ${mark}`, `grace-${mark}@example.test`];
  await signIn(page);
  const grace = await join(browser, await invite(page, email, 'Viewer'), name);
  try {
    await grace.goto('/settings/security');
    await grace.getByRole('button', { name: 'Set up an authenticator app' }).click();
    const secret = (await grace.getByText(/^[A-Z2-7]{32}$/).textContent()) ?? '';
    const code = new TOTP({ secret: Secret.fromBase32(secret) }).generate();
    await grace.getByLabel('The code that the app shows now').fill(code);
    await grace.getByRole('button', { name: 'Switch on' }).click();
    await grace.getByRole('button', { name: 'I have kept them' }).click();
    expect(await typePassword(grace, email)).toBe('/sign-in/second-step');

    await page.goto(`/settings/accounts?q=${mark}`);
    const reset = page.getByRole('button', { name: `Reset second factor: ${name}` });
    await reset.click();
    const dialog = page.getByRole('dialog');
    await expect(dialog).toContainText(`Take the second factor off ${name}?`);
    await dialog.getByRole('button', { name: 'Reset second factor', exact: true }).click();
    await expect(reset).toHaveCount(0);
    await expect(page.getByText('no second factor')).toBeVisible();
    const accounts = new URL('/api/v1/accounts', page.url()).href;
    const [account] = (await (await page.request.get(`${accounts}?q=${mark}`)).json()).items;
    const again = await page.request.delete(`${accounts}/${account.userId}/second-factor`, {
      headers: { origin: new URL(page.url()).origin },
    });
    expect([again.status(), (await again.json()).detail]).toEqual([
      404,
      'There is no second factor to take off.',
    ]);
    expect(await typePassword(grace, email)).toBe('/overview');

    await expectResetLinksGuarded(page, grace, { id: account.userId, email });

    await grace.context().clearCookies();
    await leaveFor(grace, '/forgot-password');
    await expect(grace.getByRole('status')).toContainText('has no mail server');
    await expect(grace.getByLabel('Email')).toHaveCount(0);
    await page.getByRole('button', { name: `Make reset link: ${name}` }).click();
    await expect(dialog).toContainText('shown here once');
    await dialog.getByRole('button', { name: 'Make reset link', exact: true }).click();
    const link = await page.getByText(/\/reset-password\?token=[\w-]{43}/).textContent();
    await grace.goto(link ?? '');
    await grace.getByLabel('New password').fill(`${password}, another`);
    await grace.getByRole('button', { name: 'Change the password' }).click();
    await grace.waitForURL('**/sign-in?*');
    const nowhere = await grace.goto('/agents/%ff');
    expect(nowhere?.status()).toBe(404);
    await expect(grace.getByRole('heading', { level: 1 })).toHaveText('There is no such page');

    await page.goto('/settings/audit-log?action=second-factor.reset');
    const row = page.getByRole('region', { name: 'Rows' }).getByRole('listitem').first();
    await row.locator('summary').click();
    await row.getByRole('link', { name: /^user / }).click();
    await expect(page.getByRole('heading', { level: 1 })).toContainText(name);
  } finally {
    await grace.context().close();
  }
});

test('a team is made, switched to and deleted by typing its name; the role matrix fits a phone', async ({
  page,
}) => {
  const slug = `journey-${Date.now()}`;
  await signIn(page);
  await page.goto('/settings/teams');
  const form = page.getByRole('region', { name: 'New team' });
  await form.getByLabel('Name', { exact: true }).fill(slug);
  await form.getByLabel('Short name').fill(slug);
  await form.getByRole('button', { name: 'Make team' }).click();
  await page.getByRole('button', { name: `Switch to ${slug}` }).click();
  await expect(page.getByRole('button', { name: `Team: ${slug}` })).toBeVisible();
  await page.goto('/settings/teams');
  await page.getByRole('button', { name: /^Switch to Default/ }).click();
  await expect(page.getByRole('button', { name: 'Team: Default' })).toBeVisible();
  await page.goto('/settings/teams');
  await page.getByRole('button', { name: `Delete: ${slug}` }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('1 membership');
  await dialog.getByLabel(`Type ${slug} to delete it`).fill(slug);
  await dialog.getByRole('button', { name: 'Delete the team' }).click();
  await expect(page.getByRole('button', { name: `Delete: ${slug}` })).toHaveCount(0);

  await page.setViewportSize({ width: 360, height: 740 });
  for (const path of [
    '/settings/roles',
    '/settings/members',
    '/settings/teams',
    '/settings/accounts',
    '/settings/roles/new',
  ]) {
    await page.goto(path);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(wider, path).toBeLessThanOrEqual(0);
  }
  await page.goto('/settings/roles');
  await page.getByLabel('Role', { exact: true }).selectOption({ label: 'Developer' });
  await expect(page.getByText('built in · ').last()).toBeVisible();
});

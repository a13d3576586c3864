import { type BrowserContext, expect, type Page } from '@playwright/test';
import { Secret, TOTP } from 'otpauth';
import { type MailReceiver, startMailServer } from '#lib/testing/mail-server.ts';
import { startProduct } from '../../scripts/testing/product.mjs';
import { test } from './journey.ts';
import { leaveFor } from './sign-in.ts';

test.describe.configure({ mode: 'serial' });

const STEP_MS = 30_000;
let site: Awaited<ReturnType<typeof startProduct>>;
let mail: MailReceiver;
let password: string;
let secret: string;
let recoveryCodes: string[];

// An installation of its own: what the only person here signs in with changes from test to test.
test.beforeAll(async () => {
  test.setTimeout(180_000);
  mail = await startMailServer();
  site = await startProduct({
    env: {
      SMTP_HOST: '127.0.0.1',
      SMTP_PORT: String(mail.port),
      SMTP_TLS: 'none',
      SMTP_FROM: 'pitwall@example.test',
      RATE_LIMIT_SIGN_IN_PER_MINUTE: '1000',
    },
  });
  password = site.admin.password;
});
test.afterAll(async () => {
  await site?.stop();
  await mail?.close();
});

const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();
const region = (page: Page, name: string) => page.getByRole('region', { name, exact: true });

async function typePassword(page: Page): Promise<void> {
  await leaveFor(page, `${site.url}/sign-in?callbackUrl=/settings/security`);
  await page.getByLabel('Email').fill(site.admin.email);
  await page.getByLabel('Password').fill(password);
  await press(page, 'Sign in');
  await page.waitForURL((url) => url.pathname !== '/sign-in');
}

/** The mails so far whose subject begins so. */
const mailsAbout = (subject: string) =>
  mail.received.filter(({ raw }) => raw.includes(`Subject: ${subject}`));

const isIn = (page: Page) =>
  expect(page.getByRole('heading', { level: 1, name: 'Password and sign-in' })).toBeVisible();

/** A code of the present time step, or of one beside it: each step is taken once. */
const codeOf = (steps: -1 | 0 | 1): string =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: Date.now() + steps * STEP_MS });

async function typeCode(page: Page, code: string): Promise<void> {
  await page.getByLabel('Code').fill(code);
  await press(page, 'Continue');
}

/** An authenticator of the device, which always verifies its user. */
async function addAuthenticator(context: BrowserContext, page: Page): Promise<void> {
  const cdp = await context.newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
}

test('after a wrong password the address still stands in its field, the password does not', async ({
  page,
}) => {
  await page.goto(`${site.url}/sign-in`);
  await page.getByLabel('Email').fill(site.admin.email);
  await page.getByLabel('Password').fill('not this one');
  await press(page, 'Sign in');
  await expect(page.getByRole('alert').first()).toContainText('not right');
  await expect(page.getByLabel('Email')).toHaveValue(site.admin.email);
  await expect(page.getByLabel('Password')).toHaveValue('');
});

test('security A4: a changed password ends the other sessions and their sockets within 5 s, and this one goes on', async ({
  page,
  browser,
}) => {
  await typePassword(page);
  await isIn(page);
  const other = await browser.newContext();
  const elsewhere = await other.newPage();
  await typePassword(elsewhere);
  await elsewhere.goto(`${site.url}/overview`);
  await expect(elsewhere.locator('[data-connection="live"]')).toBeVisible();

  const form = region(page, 'Password');
  await form.getByLabel('Current password').fill('not this one');
  await form.getByLabel('New password').fill('a better sentence to sign in with');
  await press(page, 'Change the password');
  await expect(form.getByRole('alert')).toContainText('The current password is not right');
  await form.getByLabel('Current password').fill(password);
  password = 'a better sentence to sign in with';
  await form.getByLabel('New password').fill(password);
  await press(page, 'Change the password');
  await expect(form.getByRole('status')).toContainText('Changed');

  await expect(elsewhere.locator('[data-connection="live"]')).toHaveCount(0, { timeout: 5000 });
  await elsewhere.waitForURL(/\/sign-in\?callbackUrl=%2Foverview/);
  const answer = await elsewhere.request.get(`${site.url}/api/v1/agents`);
  expect(answer.status()).toBe(401);
  await page.reload();
  await isIn(page);
  await other.close();
});

test('security A10: name, zone and theme go with the person, and signing in leads to no other site', async ({
  page,
  browser,
}) => {
  await typePassword(page);
  await page.goto(`${site.url}/settings/profile`);
  const form = region(page, 'Profile');
  await form.getByLabel('Name').fill('Ada Lovelace');
  await form.getByLabel('Time zone').selectOption('Pacific/Kiritimati');
  await form.getByLabel('Theme').selectOption('dark');
  await press(page, 'Save');
  await expect(form.getByRole('status')).toContainText('Saved');
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');

  const other = await browser.newContext({ timezoneId: 'America/New_York' });
  const elsewhere = await other.newPage();
  await elsewhere.goto(`${site.url}/sign-in?callbackUrl=https://evil.example/settings/security`);
  await expect(elsewhere.locator('html')).not.toHaveAttribute('data-theme');
  await elsewhere.getByLabel('Email').fill(site.admin.email);
  await elsewhere.getByLabel('Password').fill(password);
  await press(elsewhere, 'Sign in');
  await elsewhere.waitForURL((url) => url.pathname !== '/sign-in');
  expect(new URL(elsewhere.url()).origin).toBe(site.url);
  await elsewhere.goto(`${site.url}/settings/security`);
  await expect(elsewhere.locator('html')).toHaveAttribute('data-theme', 'dark');
  await expect(elsewhere.getByRole('button', { name: 'Account of Ada Lovelace' })).toBeVisible();
  const time = region(elsewhere, 'Password').locator('time');
  const at = new Date((await time.getAttribute('datetime')) ?? '');
  const words = new Intl.DateTimeFormat('en', {
    ...{ month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
    timeZone: 'Pacific/Kiritimati',
  });
  await expect(time).toHaveText(words.format(at));
  await other.close();
});

test('an authenticator app is connected, asked for after the password, and its codes work once', async ({
  page,
}) => {
  await typePassword(page);
  await isIn(page);
  const card = region(page, 'Authenticator app');
  await press(page, 'Set up an authenticator app');
  await expect(card.getByRole('img', { name: /QR code/ })).toBeVisible();
  secret = (await card.getByText(/^[A-Z2-7]{32}$/).textContent()) ?? '';
  const codes = card.getByText(/^([a-z2-9]{4}-){3}[a-z2-9]{4}/);
  // The code of the step before is too old once the present step ends: then the one after it is taken.
  await expect(async () => {
    if (await codes.isVisible()) return;
    await card.getByLabel('The code that the app shows now').fill(codeOf(-1), { timeout: 1000 });
    await press(page, 'Switch on');
    await expect(codes).toBeVisible({ timeout: 5000 });
  }).toPass();
  recoveryCodes = (await codes.textContent())?.split('\n') ?? [];
  await press(page, 'I have kept them');
  await expect(card).toContainText('10 recovery codes of 10 left');

  await page.context().clearCookies();
  await typePassword(page);
  await expect(page).toHaveURL(/second-step/);
  await typeCode(page, '000000');
  await expect(page.getByRole('alert').first()).toContainText('This code is not right');
  const code = codeOf(0);
  await typeCode(page, code);
  await isIn(page);

  await page.context().clearCookies();
  await typePassword(page);
  await typeCode(page, code);
  await expect(page.getByRole('alert').first()).toContainText('was used before');
});

test('without the app a recovery code lets its owner in, once, and makes new ones, which a mail tells', async ({
  page,
}) => {
  const [first = '', second = ''] = recoveryCodes;
  await typePassword(page);
  await typeCode(page, first);
  await isIn(page);
  const card = region(page, 'Authenticator app');
  await expect(card).toContainText('9 recovery codes of 10 left');
  await press(page, 'Make new recovery codes');
  const dialog = page.getByRole('dialog', { name: 'Make new recovery codes' });
  const renew = async (code: string) => {
    await dialog.getByLabel('Code of the app, or a recovery code').fill(code);
    await dialog.getByRole('button', { name: 'Make new codes' }).click();
  };
  await renew(first);
  await expect(dialog.getByRole('alert')).toContainText('was used before');
  await renew(second);
  await press(page, 'I have kept them');
  await expect(card).toContainText('10 recovery codes of 10 left');
  await expect.poll(() => mailsAbout('New recovery codes').length, { timeout: 20_000 }).toBe(1);
  await page.context().clearCookies();
  await typePassword(page);
  await typeCode(page, recoveryCodes[2] ?? '');
  await expect(page.getByRole('alert').first()).toContainText('This code is not right');
});

test('security A16: a passkey is added, proves it again alone and in place of a code, and lets nobody in once it is deleted', async ({
  page,
  context,
}) => {
  await addAuthenticator(context, page);
  await typePassword(page);
  await typeCode(page, codeOf(1));
  await isIn(page);
  const card = region(page, 'Passkeys');
  await card.getByLabel('Name of the passkey').fill('Work laptop');
  await press(page, 'Add a passkey');
  await expect(card.getByRole('listitem')).toContainText('Work laptop');

  const first = (await context.cookies()).find(({ name }) => name === 'pitwall-session')?.value;
  await page.goto(`${site.url}/sign-in?again=1&callbackUrl=/settings/security`);
  await press(page, 'Sign in with a passkey');
  await isIn(page);
  const second = (await context.cookies()).find(({ name }) => name === 'pitwall-session')?.value;
  expect(second).not.toBe(first);

  await context.clearCookies();
  await typePassword(page);
  await press(page, 'Use a passkey instead');
  await isIn(page);

  await press(page, 'Make new recovery codes');
  const dialog = page.getByRole('dialog', { name: 'Make new recovery codes' });
  await dialog.getByRole('button', { name: 'Use a passkey instead' }).click();
  await press(page, 'I have kept them');
  await expect(region(page, 'Authenticator app')).toContainText('10 recovery codes of 10 left');

  await card.getByRole('button', { name: 'Delete' }).click();
  await press(page, 'Delete the passkey');
  await expect(card).toContainText('You have none yet');
  await context.clearCookies();
  await leaveFor(page, `${site.url}/sign-in`);
  await press(page, 'Sign in with a passkey');
  await expect(page.getByRole('alert').first()).toContainText('does not let you in');
});

test('security A12 A15: a forgotten password is reset by a mail to the configured address; any address is answered alike', async ({
  page,
}) => {
  const ask = async (email: string) => {
    await page.goto(`${site.url}/sign-in`);
    await page.getByRole('link', { name: 'Forgot your password?' }).click();
    // The page before has a field of the same name.
    await page.waitForURL('**/forgot-password');
    await page.getByLabel('Email').fill(email);
    await press(page, 'Send the link');
    return page.getByRole('status').textContent();
  };
  const unknown = await ask('nobody@example.test');
  expect(await ask(site.admin.email)).toBe(unknown);
  const links = () => mailsAbout('Choose a new Pitwall password');
  await expect.poll(() => links().length, { timeout: 20_000 }).toBe(1);
  const { to, raw } = links()[0] ?? { to: [], raw: '' };
  expect(to).toEqual([site.admin.email]);
  const text = raw.replaceAll('=\r\n', '').replaceAll('=3D', '=');
  const link = new RegExp(`${site.url}/reset-password\\?token=[\\w-]+`).exec(text)?.[0] ?? '';
  await page.goto(link);
  password = 'one more sentence to sign in with';
  await page.getByLabel('New password').fill(password);
  await press(page, 'Change the password');
  await expect(page.getByRole('status')).toContainText('Your password was changed');
  await page.goto(link);
  await expect(page.getByText('This link is not valid any more')).toBeVisible();
  await typePassword(page);
  await expect(page).toHaveURL(/second-step/);
});

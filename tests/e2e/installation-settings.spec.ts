import { globSync, readFileSync } from 'node:fs';
import { expect, type Page } from '@playwright/test';
import { type MailReceiver, startMailServer } from '#lib/testing/mail-server.ts';
import { type Product, startProduct } from '../../scripts/testing/product.mjs';
import { test } from './journey.ts';
import { signIn } from './sign-in.ts';

const METRICS_TOKEN = 'canary-of-the-metrics-token';
const MAIL_PASSWORD = 'canary-of-the-mail-account';

/** A product of its own: what these journeys change concerns everybody who uses it. */
let product: Product;
let mail: MailReceiver;
/** Whatever no log may hold. */
const secrets = [METRICS_TOKEN, MAIL_PASSWORD];

test.describe.configure({ mode: 'serial' });
test.beforeAll(async () => {
  test.setTimeout(180_000);
  mail = await startMailServer();
  const smtp = { SMTP_HOST: '127.0.0.1', SMTP_PORT: '1', SMTP_USER: 'env', SMTP_PASSWORD: MAIL_PASSWORD };
  product = await startProduct({
    env: {
      ...smtp,
      SMTP_FROM: 'env@example.test',
      SMTP_TLS: 'none',
      METRICS_TOKEN,
      LOG_LEVEL: 'debug',
      FEATURE_AUTO_SCALING: 'false',
      RATE_LIMIT_SIGN_IN_PER_MINUTE: '1000',
    },
  });
  secrets.push(product.apiKey, product.admin.password);
});
test.afterAll(async () => {
  await product.stop();
  await mail.close();
});

test.beforeEach(({ page }) => signIn(page, product));

const open = (page: Page, path: string) => page.goto(product.url + path);

async function statusWith(key: string): Promise<number> {
  const answer = await fetch(`${product.url}/api/v1/agents`, { headers: { authorization: `Bearer ${key}` } });
  return answer.status;
}

test('a flag flips, stays flipped, and goes back to the environment', async ({ page }) => {
  await open(page, '/settings');
  await page
    .getByRole('region', { name: 'Installation' })
    .getByRole('link', { name: 'Feature flags' })
    .click();
  const flag = page.getByRole('switch', { name: 'Automatic scaling' });
  await expect(flag).not.toBeChecked();
  await flag.click();
  await expect(flag).toBeChecked();
  await page.reload();
  await expect(flag).toBeChecked();
  await expect(page.getByText('Set here; the environment says off.')).toBeVisible();
  await page.getByRole('button', { name: 'Automatic scaling: use the environment’s value' }).click();
  await expect(flag).not.toBeChecked();
});

test('a limit of 2 requests a minute holds for REST at once, and its end too', async ({ page }) => {
  await open(page, '/settings/rate-limits');
  const perMinute = page.getByLabel('REST requests a minute');
  await perMinute.fill('2');
  await page.getByRole('button', { name: 'Save limits' }).click();
  await expect(page.getByText('Saved. In force within 5 seconds.')).toBeVisible();
  const { apiKey } = product;
  expect([await statusWith(apiKey), await statusWith(apiKey), await statusWith(apiKey)]).toEqual([
    200, 200, 429,
  ]);
  await page.reload();
  await expect(perMinute).toHaveValue('2');
  await perMinute.fill('');
  await page.getByRole('button', { name: 'Save limits' }).click();
  await expect(page.getByText('Saved. In force within 5 seconds.')).toBeVisible();
  await expect.poll(() => statusWith(apiKey), { timeout: 5000 }).toBe(200);
});

test('security O10: the mail server that is set here takes the test mail, and its refusal is told', async ({
  page,
}) => {
  await open(page, '/settings/mail-server');
  await expect(page.getByText('Mail leaves through 127.0.0.1:1, as the environment says.')).toBeVisible();
  const trial = page.getByRole('region', { name: 'Test' });
  const send = trial.getByRole('button', { name: 'Send a test mail to me' });
  await send.click();
  await expect(trial.getByRole('alert')).toContainText('The mail server did not take it');

  const form = page.getByRole('region', { name: 'Mail server' });
  await form.getByLabel('Port').fill(String(mail.port));
  await form.getByLabel('Account').fill('');
  await form.getByLabel('From').fill('pitwall@example.test');
  await page.getByRole('button', { name: 'Save mail server' }).click();
  await expect(
    page.getByText(`Mail leaves through 127.0.0.1:${mail.port}, as it was set here.`),
  ).toBeVisible();
  await send.click();
  await expect(trial.getByRole('status')).toContainText(`took the mail to ${product.admin.email}`);
  expect(mail.received).toMatchObject([
    { to: [product.admin.email], raw: expect.stringContaining('Test of the mail server') },
  ]);

  mail.refuse(550);
  await send.click();
  await expect(trial.getByRole('alert')).toContainText('The mail server refused: 550 not here');
  mail.refuse(null);
  expect(await page.content()).not.toContain(MAIL_PASSWORD);
});

test('what the worker sends leaves through the mail server that was set here', async ({ page }) => {
  const headers = { origin: product.url };
  const channels = `${product.url}/api/v1/notification-channels`;
  const data = { name: 'Duty mail', kind: 'email', settings: { recipients: ['duty@example.test'] } };
  const { id } = await (await page.request.post(channels, { headers, data })).json();
  expect((await page.request.post(`${channels}/${id}/test`, { headers, data: {} })).ok()).toBe(true);
  await expect
    .poll(() => mail.received.flatMap(({ to }) => to), { timeout: 20_000 })
    .toContain('duty@example.test');
});

/** Reads the key that is shown once. */
async function shownKey(page: Page): Promise<string> {
  const shown = page.getByText(/^pw_[0-9a-f]{48}_[0-9a-f]{8}$/).first();
  const key = (await shown.textContent()) ?? '';
  secrets.push(key);
  await page.getByRole('button', { name: 'Done' }).click();
  return key;
}

async function rotate(page: Page, row: string, ending: string): Promise<string> {
  await page.getByRole('listitem', { name: row }).getByRole('button', { name: 'Rotate' }).click();
  await page.getByLabel('The former key ends').selectOption({ label: ending });
  await page.getByRole('button', { name: 'Make the new key' }).click();
  return shownKey(page);
}

test('security P3: a rotated key works beside its successor until it ends, and is refused within 5 s', async ({
  page,
}) => {
  await open(page, '/settings/api-keys');
  const form = page.getByRole('region', { name: 'New key' });
  await form.getByLabel('Name').fill('rotating');
  await form.getByLabel(/^read/).check();
  await form.getByRole('button', { name: 'Create key' }).click();
  const first = await shownKey(page);
  const second = await rotate(page, `rotating …${first.slice(-4)}`, 'After 7 days');
  expect([await statusWith(first), await statusWith(second)]).toEqual([200, 200]);
  await expect(page.getByRole('listitem', { name: `rotating …${first.slice(-4)}` })).toContainText(
    `replaced by …${second.slice(-4)}`,
  );

  await page
    .getByRole('listitem', { name: `rotating …${first.slice(-4)}` })
    .getByRole('button', { name: 'Revoke' })
    .click();
  await page.getByRole('button', { name: 'Revoke the key' }).click();
  await expect.poll(() => statusWith(first), { timeout: 5000 }).toBe(401);
  const third = await rotate(page, `rotating …${second.slice(-4)}`, 'At once');
  await expect.poll(() => statusWith(second), { timeout: 5000 }).toBe(401);
  expect(await statusWith(third)).toBe(200);
});

test('security P4, U10: no log of any process holds a key, a password or a token', async () => {
  await statusWith(`${product.apiKey}x`);
  await fetch(`${product.otlpHttpUrl}/v1/traces?key=none`, {
    method: 'POST',
    headers: { authorization: `Bearer ${product.apiKey}`, 'content-type': 'application/json' },
    body: '{"resourceSpans": "broken"}',
  });
  const made = JSON.parse(readFileSync(`${product.dataDir}/secrets.json`, 'utf8'));
  const logs = globSync('**/*.log', { cwd: product.dataDir }).map((file) =>
    readFileSync(`${product.dataDir}/${file}`, 'utf8'),
  );
  const everything = [product.output.text, ...logs].join('\n');
  expect(everything.length).toBeGreaterThan(1000);
  for (const secret of [...secrets, made.secretKey, made.serverActionsKey]) {
    expect(everything.includes(secret), `a log holds ${secret.slice(0, 12)}…`).toBe(false);
  }
});

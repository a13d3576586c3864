import { expect, type Page } from '@playwright/test';
import { type Receiver, startReceiver } from '#lib/testing/receiver.ts';
import { freshName } from './alerting.ts';
import { test } from './journey.ts';
import { signIn } from './sign-in.ts';

let receiver: Receiver;
test.beforeEach(async ({ page }) => {
  receiver = await startReceiver();
  await signIn(page);
});
test.afterEach(() => receiver.close());

const listed = (page: Page, name: string) =>
  page.getByRole('region', { name: 'Channels', exact: true }).getByRole('link', { name });

/** Makes a webhook channel through the form and opens its page. */
async function makeWebhook(page: Page, name: string): Promise<void> {
  await page.goto('/settings/notifications');
  const form = page.getByRole('region', { name: 'New channel' });
  await form.getByLabel('Kind').selectOption('webhook');
  await form.getByLabel('Name').fill(name);
  await form.getByLabel('Address').fill(receiver.url);
  await form.getByRole('button', { name: 'Add channel' }).click();
  await expect(form.getByText(/whsec_/)).toBeVisible();
  await listed(page, name).click();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
}

/** Sends a test from the channel's page and waits on its message until it says how it ended. */
async function sendTest(page: Page, ending: string): Promise<void> {
  await page.getByRole('button', { name: 'Send a test' }).click();
  await page.waitForURL(/deliveries\/[0-9a-f-]{36}$/);
  await expect(page.getByRole('region', { name: 'Message' })).toContainText(ending);
}

test('a channel is made, tried, and the delivery log says that the test arrived', async ({ page }) => {
  const name = freshName('Gateway ');
  await makeWebhook(page, name);
  await sendTest(page, 'Delivered');
  const [request] = await receiver.count(1);
  expect(request?.headers).toMatchObject({ 'webhook-signature': expect.stringMatching(/^v1,/) });
  expect(request?.body).toContain('"type":"test"');

  await page.getByRole('link', { name: 'Delivery log' }).click();
  await expect(page.getByRole('link', { name: new RegExp(`This is a test.*${name}`) })).toContainText(
    'Delivered',
  );
  await page.getByRole('link', { name: 'Channels' }).click();
  await expect(listed(page, name)).toContainText('Well');
});

test('a text that is too long is called so and kept whole, and nothing is sent until it is shorter', async ({
  page,
}) => {
  await page.goto('/settings/notifications');
  const form = page.getByRole('region', { name: 'New channel' });
  const name = form.getByLabel('Name');
  await form.getByLabel('Kind').selectOption('webhook');
  await form.getByLabel('Address').fill(receiver.url);
  const long = freshName('n'.repeat(98));
  await name.fill(long);
  await expect(form.getByText('At most 100 characters: this is 6 too long.')).toBeVisible();
  await form.getByRole('button', { name: 'Add channel' }).click();
  await expect(name).toHaveValue(long);
  await expect(form.getByText(/whsec_/)).toHaveCount(0);
  await name.fill(long.slice(6));
  await expect(form.getByText(/too long/)).toHaveCount(0);
  await form.getByRole('button', { name: 'Add channel' }).click();
  await expect(form.getByText(/whsec_/)).toBeVisible();
});

test('alerting S92: a channel that refuses is shown as broken with what it answered, until something arrives', async ({
  page,
}) => {
  test.setTimeout(120_000);
  receiver.answer({ status: 404, body: 'no such hook' });
  const name = freshName('Old hook ');
  await makeWebhook(page, name);
  const channel = page.url();
  for (let i = 0; i < 3; i += 1) {
    await page.goto(channel);
    await sendTest(page, 'Failed');
  }
  await expect(page.getByRole('region', { name: 'Tries' })).toContainText('404: no such hook');

  await page.goto(channel);
  await expect(page.getByText('This channel is broken')).toBeVisible();
  await page.getByRole('link', { name: 'Channels' }).click();
  await expect(listed(page, name)).toContainText('Broken');

  receiver.answer({ status: 200 });
  await page.goto(channel);
  await sendTest(page, 'Delivered');
  await page.getByRole('link', { name: 'Channels' }).click();
  await expect(listed(page, name)).toContainText('Well');
});

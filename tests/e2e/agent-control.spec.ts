import { expect, type Page } from '@playwright/test';
import { startControlServer } from './control-server.ts';
import { test } from './journey.ts';
import { signIn } from './sign-in.ts';

let remote: Awaited<ReturnType<typeof startControlServer>>;

test.beforeAll(async () => {
  remote = await startControlServer();
});
test.afterAll(() => remote.stop());
test.beforeEach(({ page }) => signIn(page));

const secretOn = (page: Page) => page.getByText(/^whsec_[A-Za-z0-9+/=]{44}$/);
const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();

async function addAgent(page: Page, name: string, more: Record<string, string>): Promise<void> {
  await page.goto('/agents/new');
  for (const [label, value] of Object.entries({ Name: name, ...more })) {
    await page.getByLabel(label, { exact: true }).first().fill(value);
  }
  await press(page, 'Add agent');
}

/** The words that an agent's header says about it. */
const header = (page: Page) =>
  page.locator('header').filter({ has: page.getByRole('heading', { level: 1 }) });

test('an agent with a control URL starts and stops when it confirms it, by the secret that was shown once', async ({
  page,
}) => {
  test.setTimeout(180_000);
  const { agent, healthUrl, controlUrl } = remote;
  const name = `controlled-${Date.now()}`;
  await addAgent(page, name, {
    'Health URL': healthUrl,
    'Control URL': controlUrl,
    'Check every, seconds': '5',
  });
  agent.secret = (await secretOn(page).textContent()) ?? '';
  await page.getByRole('link', { name: 'Open the agent' }).click();
  await expect(header(page)).toContainText('Stopped');

  await press(page, 'Start');
  await expect(page.getByText('Start requested, waiting for the agent to confirm')).toBeVisible();
  await expect.poll(() => agent.taken).toEqual(['start']);
  await expect(header(page)).toContainText('Stopped');
  agent.running = true;
  await expect(header(page)).toContainText('Running', { timeout: 30_000 });

  await page.getByRole('link', { name: 'Configuration' }).click();
  expect(await page.content()).not.toContain(agent.secret);
  await press(page, 'Replace the secret');
  await press(page, `Replace the secret of ${name}`);
  const next = (await secretOn(page).textContent()) ?? '';
  expect(next).not.toBe(agent.secret);
  agent.secret = next;

  await press(page, 'Stop');
  await expect.poll(() => agent.taken).toEqual(['start', 'stop']);
  await expect(header(page)).toContainText('Running');
  agent.running = false;
  await expect(header(page)).toContainText('stopped as asked', { timeout: 60_000 });
  expect(agent.refused).toBe(0);
});

test('an agent without a control URL says why it cannot be started', async ({ page }) => {
  await addAgent(page, `uncontrolled-${Date.now()}`, {});
  await expect(header(page)).toContainText('Stopped');
  const start = page.getByRole('button', { name: 'Start', exact: true });
  await expect(start).toHaveAttribute('aria-disabled', 'true');
  await start.hover();
  await expect(page.getByText('has no control URL').first()).toBeVisible();
});

test('security O4: an address that only leads inside the network is refused at its field', async ({
  page,
}) => {
  await addAgent(page, `inward-${Date.now()}`, { 'Control URL': 'http://169.254.169.254/latest' });
  await expect(page.getByText('leads inside the network').first()).toBeVisible();
  await expect(page.getByLabel('Control URL', { exact: true })).toHaveValue('http://169.254.169.254/latest');
});

test('days for raw points can be set and taken back', async ({ page }) => {
  await page.goto('/settings/team');
  for (const days of ['12', '']) {
    await page.getByLabel('Days that raw points are kept').fill(days);
    await press(page, 'Save');
    await expect(page.getByText('Saved.')).toBeVisible();
    await page.reload();
    await expect(page.getByLabel('Days that raw points are kept')).toHaveValue(days);
  }
});

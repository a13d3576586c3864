import { randomBytes } from 'node:crypto';
import { expect, type Page } from '@playwright/test';
import { test } from './journey.ts';
import { product } from './product.ts';
import { signIn } from './sign-in.ts';

const RUNS = 12;
const suffix = randomBytes(3).toString('hex');
const STAGING = `narrow-staging-${suffix}`;
const CANARY = `narrow-canary-${suffix}`;

/** Ended runs of one agent, named after its environment, as any OTLP/JSON sender would tell them. */
async function sendRuns(environment: string, runs: number, version = '1.0.0'): Promise<void> {
  const { otlpHttpUrl, apiKey } = product();
  const attribute = (key: string, value: string) => ({ key, value: { stringValue: value } });
  const endMs = Date.now();
  const spans = Array.from({ length: runs }, () => ({
    traceId: randomBytes(16).toString('hex'),
    spanId: randomBytes(8).toString('hex'),
    name: 'invoke_agent',
    kind: 1,
    startTimeUnixNano: `${endMs - 250}000000`,
    endTimeUnixNano: `${endMs}000000`,
    attributes: [
      attribute('gen_ai.operation.name', 'invoke_agent'),
      attribute('gen_ai.agent.name', environment),
    ],
  }));
  const resource = {
    attributes: [
      attribute('service.name', environment),
      attribute('service.version', version),
      attribute('deployment.environment.name', environment),
    ],
  };
  const response = await fetch(`${otlpHttpUrl}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': apiKey },
    body: JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 'e2e' }, spans }] }] }),
  });
  expect(response.status).toBe(200);
}

const tile = (page: Page, label: string) =>
  page.getByRole('region', { name: 'Totals over the last minute' }).locator('div', { hasText: label }).last();

test.describe('narrowing what is shown', () => {
  test.beforeEach(({ page }) => signIn(page));

  test('an environment narrows totals and charts to its own agents, and says so', async ({ page }) => {
    await sendRuns(STAGING, RUNS);
    const asked: string[] = [];
    page.on('request', (request) => request.url().includes('/metrics/query') && asked.push(request.url()));
    await page.goto(`/overview?env=${STAGING}`);
    await expect(page.getByRole('heading', { level: 1 })).toContainText('The one running agent is well');
    await expect(tile(page, 'Requests')).toContainText(`${RUNS}`);
    await expect(page.getByRole('region', { name: 'Requests' })).toContainText(`${RUNS}/min`);
    await expect(tile(page, 'p95 latency')).toContainText('ms', { timeout: 30_000 });
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.every((url) => new URL(url).searchParams.get('environment') === STAGING)).toBe(true);

    // Totals are of the last minute: what is to be seen in them is sent just before.
    await sendRuns(CANARY, 3);
    const environment = page.getByLabel('Environment').first();
    await expect(async () => {
      await page.reload();
      await expect(environment.getByRole('option', { name: CANARY })).toBeAttached({ timeout: 1000 });
    }).toPass();
    await environment.selectOption(CANARY);
    await expect(page).toHaveURL(new RegExp(`env=${CANARY}`));
    await expect(tile(page, 'Requests')).toContainText('3');
  });

  test('two moments make a range that the address carries, and a faulty one is explained', async ({
    page,
  }) => {
    await page.goto('/overview?range=15m');
    await page.getByRole('button', { name: /^Time range/ }).click();
    await page.getByRole('menuitemradio', { name: 'Custom range' }).click();
    const dialog = page.getByRole('dialog', { name: 'Custom range' });
    await expect(dialog).toContainText('Times are in your zone');
    await dialog.getByLabel('From').fill('2026-01-02T10:00:00');
    await dialog.getByLabel('To').fill('2026-01-02T09:00:00');
    await dialog.getByRole('button', { name: 'Show this range' }).click();
    await expect(dialog.getByRole('alert')).toHaveText('The end must lie after the start.');
    await dialog.getByLabel('To').fill('2026-01-02T11:30:00');
    await page.keyboard.press('Enter');
    await expect(dialog).toBeHidden();
    const search = new URL(page.url()).searchParams;
    expect(Number(search.get('to')) - Number(search.get('from'))).toBe(90 * 60_000);
    await expect(page.getByRole('button', { name: /^Time range/ })).toBeFocused();
    await page.reload();
    await expect(page.getByRole('button', { name: /^Time range: .*1 h 30 min/ })).toBeVisible();
    await page.getByRole('button', { name: 'Back to live' }).click();
    await expect(page).toHaveURL(/\/overview\?range=15m$/);
  });

  test('a view of the list is kept under a name, opened again and deleted', async ({ page }) => {
    const name = `Nobody's ${suffix}`;
    await page.goto('/agents?q=no-such-agent&sort=p95');
    await page.getByRole('button', { name: 'Views' }).click();
    await page.getByRole('menuitem', { name: 'Save this view' }).click();
    await page.getByRole('dialog', { name: 'Save this view' }).getByLabel('Name').fill(name);
    await page.keyboard.press('Enter');
    await expect(page.getByRole('button', { name: `Views: ${name}` })).toBeVisible();
    await page.goto('/agents?range=15m');
    await page.getByRole('button', { name: 'Views' }).click();
    await page.getByRole('menuitemradio', { name }).click();
    await expect(page).toHaveURL(/range=15m&q=no-such-agent&sort=p95$/);
    await expect(page.getByText('No agent matches')).toBeVisible();
    await page.getByRole('button', { name: `Views: ${name}` }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await expect(page.getByRole('button', { name: 'Views', exact: true })).toBeVisible();
  });

  test('a new version of an agent is marked on its charts', async ({ page }) => {
    await sendRuns(STAGING, 1, '1.0.0');
    await page.goto(`/agents?q=${STAGING}`);
    await page.getByRole('link', { name: STAGING, exact: true }).click();
    await expect(page.getByText('version 1.0.0')).toBeVisible();
    await sendRuns(STAGING, 1, '1.1.0');
    await expect(async () => {
      await page.reload();
      await expect(page.getByRole('img', { name: /Version 1\.0\.0 became 1\.1\.0/ }).first()).toBeVisible({
        timeout: 2000,
      });
    }).toPass();
    await page.goto(`${page.url()}?env=elsewhere`);
    await expect(page.getByText('outside the chosen environment elsewhere')).toBeVisible();
    await page.getByRole('button', { name: 'Show all environments' }).click();
    await expect(page.getByText('outside the chosen environment elsewhere')).toBeHidden();
  });
});

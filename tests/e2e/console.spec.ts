import { randomBytes } from 'node:crypto';
import { expect, type Page } from '@playwright/test';
import { test } from './journey.ts';
import { product } from './product.ts';
import { sendRun } from './send-run.ts';
import { signIn } from './sign-in.ts';

const AGENT = 'console-agent';
/** Agents of other journeys appear meanwhile, but not here. */
const ENVIRONMENT = 'console';

async function agentId(page: Page): Promise<string> {
  await expect(async () => {
    await page.goto(`/agents?q=${AGENT}`);
    await expect(page.getByRole('link', { name: AGENT, exact: true })).toBeVisible({ timeout: 2000 });
  }).toPass();
  const href = await page.getByRole('link', { name: AGENT, exact: true }).getAttribute('href');
  return href?.split('/').at(-1) ?? '';
}

/** What a screen reader would have no word for, and what is wider than the screen. */
const faultsOf = (page: Page) =>
  page.evaluate(() => {
    const seen = (element: Element) => element.checkVisibility() && !element.closest('[aria-hidden="true"]');
    const nameless = [
      ...document.querySelectorAll('button, a[href], input:not([type=hidden]), select, textarea'),
    ]
      .filter(seen)
      .filter((element) => {
        const labels =
          element instanceof HTMLInputElement ||
          element instanceof HTMLSelectElement ||
          element instanceof HTMLTextAreaElement
            ? [...(element.labels ?? [])]
            : [];
        const words = [
          element.getAttribute('aria-label'),
          element.textContent,
          ...labels.map((label) => label.textContent),
        ];
        return words.every((text) => (text ?? '').trim() === '');
      })
      .map((element) => element.outerHTML.slice(0, 120));
    const wide = document.documentElement.scrollWidth > window.innerWidth;
    const headings = document.querySelectorAll('h1').length;
    return { nameless, wide, headings };
  });

test.describe('the console', () => {
  test.beforeAll(async () => {
    const environment = { 'deployment.environment.name': ENVIRONMENT };
    await Promise.all([AGENT, 'console-neighbour'].map((agent) => sendRun(agent, environment)));
  });
  test.beforeEach(({ page }) => signIn(page));

  test('every page fits 360 px, names every control and breaks no rule of its own policy', async ({
    page,
  }) => {
    const id = await agentId(page);
    const complaints: string[] = [];
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.setViewportSize({ width: 360, height: 800 });
    const settings = ['', '/team', '/receiver', '/api-keys', '/contacts', '/sessions', '/appearance'].map(
      (tab) => `/settings${tab}`,
    );
    const onCall = ['', '/schedules/new', '/policies', '/policies/new'].map((tab) => `/on-call${tab}`);
    const places = ['/overview', '/agents', '/agents/new', '/connect', ...onCall, ...settings];
    const tabs = ['', '/runs', '/configuration', '/health', '/edit'].map((tab) => `/agents/${id}${tab}`);
    // A cursor that was cut off leads to the first page.
    const cut = [`/agents/${id}/runs?cursor=cut`, '/settings/notifications/deliveries?cursor=cut'];
    for (const place of [...places, ...tabs, ...cut]) {
      await page.goto(place);
      await expect(page.locator('[data-connection="live"]')).toBeVisible();
      expect(await faultsOf(page), place).toEqual({ nameless: [], wide: false, headings: 1 });
    }
    expect(complaints).toEqual([]);
  });

  test('by keyboard alone: skip to the content, find an agent in the palette, walk the fleet map', async ({
    page,
  }) => {
    await agentId(page);
    await page.goto('/overview');
    await page.keyboard.press('Tab');
    await expect(page.getByRole('link', { name: 'Skip to content' })).toBeFocused();
    await expect(page.locator('[data-connection="live"]')).toBeVisible();
    await page.keyboard.press('Control+k');
    await expect(page.getByRole('combobox', { name: 'Search' })).toBeFocused();
    await page.keyboard.type(AGENT);
    await expect(page.getByRole('dialog').getByRole('option', { selected: true })).toContainText(AGENT);
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { level: 1, name: AGENT })).toBeVisible();

    await page.goto(`/overview?env=${ENVIRONMENT}`);
    await expect(page.locator('[data-cell]')).toHaveCount(2);
    await page.locator('[data-cell][tabindex="0"]').focus();
    await page.keyboard.press('End');
    const last = page.locator('[data-cell]').last();
    await expect(last).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(/\/agents\/[0-9a-f-]{36}$/);
  });

  test('an agent is made, refused in words with what was typed kept, and deleted by its name', async ({
    page,
  }) => {
    const name = `by-hand-${randomBytes(3).toString('hex')}`;
    await page.goto('/agents/new');
    await page.getByLabel('Health URL').fill('not an address');
    await page.getByRole('button', { name: 'Add agent' }).click();
    await expect(page.getByText('Give the agent a name')).toBeVisible();
    await expect(page.getByLabel('Health URL')).toHaveAttribute('aria-invalid', 'true');
    await expect(page.getByLabel('Health URL')).toHaveValue('not an address');

    await page.getByLabel('Name', { exact: true }).fill(name);
    await page.getByLabel('Health URL').fill('');
    await page.getByRole('button', { name: 'Add agent' }).click();
    await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
    await expect(page.getByRole('button', { name: 'Start' })).toHaveAttribute('aria-disabled', 'true');

    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByRole('button', { name: `Delete ${name}` }).click();
    await expect(page).toHaveURL(/\/agents$/);
    await expect(page.getByRole('link', { name, exact: true })).toBeHidden();
    // Back leads past the page of what is no more.
    await page.goBack();
    await expect(page).toHaveURL(/\/agents\/new$/);
  });

  test('filters, range and theme outlive a reload: the first two in the address, the last in a cookie', async ({
    page,
  }) => {
    await page.goto('/agents');
    await page.getByLabel('Find agents').fill(AGENT);
    await page.getByRole('button', { name: /^Time range/ }).click();
    await page.getByRole('menuitemradio', { name: /Last 24 hours/ }).click();
    await expect(page).toHaveURL(/q=console-agent.*range=24h|range=24h.*q=console-agent/);
    await page.reload();
    await expect(page.getByLabel('Find agents')).toHaveValue(AGENT);
    await expect(page.getByRole('button', { name: 'Time range: Last 24 hours' })).toBeVisible();

    await page.goto('/settings/appearance');
    await page.getByRole('button', { name: 'Dark' }).click();
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
    await expect(async () => {
      await page.reload();
      await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark', { timeout: 500 });
    }).toPass();
    await page.getByRole('button', { name: 'System' }).click();
  });

  test('the connect page shows the exact variables of this installation', async ({ page }) => {
    const { otlpHttpUrl } = product();
    await page.goto('/connect');
    const port = new URL(otlpHttpUrl).port;
    await expect(
      page.getByText(new RegExp(`OTEL_EXPORTER_OTLP_ENDPOINT=http://[^:]+:${port}`)),
    ).toBeVisible();
    await expect(page.getByText(/OTEL_EXPORTER_OTLP_HEADERS=x-api-key=/)).toBeVisible();
    await page.getByRole('button', { name: 'Collector' }).click();
    await expect(page.getByText('otlphttp/pitwall:')).toBeVisible();
  });
});

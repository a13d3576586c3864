import { globSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type Page } from '@playwright/test';
import { startProduct } from '../../scripts/testing/product.mjs';
import { test } from './journey.ts';

const UNKNOWN = '019a0000-0000-7000-8000-000000000000';
const LINKS_PER_MINUTE = 3;
const METRICS_PATH = '/internal/metrics';
const admin = { name: 'Ada', email: 'ada@example.test', password: 'correct horse battery staple' };
let site: Awaited<ReturnType<typeof startProduct>>;

// As somebody starts it for the first time: listening on all addresses, nobody provisioned.
test.beforeAll(async () => {
  test.setTimeout(180_000);
  site = await startProduct({
    env: {
      ...{ HOST: '', INIT_ADMIN_EMAIL: '', INIT_ADMIN_PASSWORD: '', METRICS_PATH },
      RATE_LIMIT_ACKNOWLEDGE_PER_MINUTE: String(LINKS_PER_MINUTE),
    },
  });
});
test.afterAll(async () => {
  await site?.stop();
});

/** The same installation by the other name of loopback. */
const byNumber = () => site.url.replace('localhost', '127.0.0.1');

const isLive = (page: Page) => expect(page.locator('[data-connection="live"]')).toBeVisible();

/** The addresses that the connect page tells agents. */
async function endpoints(page: Page): Promise<string> {
  await page
    .getByRole('link', { name: /Connect/ })
    .first()
    .click();
  await page.waitForURL('**/connect');
  return (
    (await page
      .getByText(/OTEL_EXPORTER_OTLP_ENDPOINT=/)
      .first()
      .textContent()) ?? ''
  );
}

test('the setup link leads to a console that is live at once and names this host to agents', async ({
  page,
}) => {
  await expect.poll(() => site.output.text).toContain('/setup?token=');
  await page.goto(`${site.url}/`);
  await expect(page.getByText('There is no admin yet')).toBeVisible();
  await page.goto(/http:\S+\/setup\?token=\S+/.exec(site.output.text)?.[0] ?? '');
  await page.getByLabel('Name').fill(admin.name);
  await page.getByLabel('Email').fill(admin.email);
  await page.getByLabel('Password').fill(admin.password);
  await page.getByRole('button').last().click();
  await page.waitForURL(`${site.url}/overview`);
  await isLive(page);
  expect(await endpoints(page)).toContain('http://localhost:');
  await isLive(page);
});

async function signInAt(page: Page, origin: string): Promise<void> {
  await page.goto(`${origin}/sign-in`);
  await page.getByLabel('Email').fill(admin.email);
  await page.getByLabel('Password').fill(admin.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.waitForURL(`${origin}/overview`);
}

test('by its number as by its name: who signs in at 127.0.0.1 stays there, and is live', async ({ page }) => {
  await signInAt(page, byNumber());
  await isLive(page);
  expect(await endpoints(page)).toContain('http://127.0.0.1:');
  await page.reload();
  await isLive(page);
});

/** Addresses of all pages of the console, with an id where theirs has one. */
function consoleAddresses(id: string): { address: string; hasId: boolean }[] {
  const files = globSync('app/(console)/**/page.tsx', { cwd: join(import.meta.dirname, '../..') });
  return files.map((file) => {
    const parts = file.split('/').filter((part) => !/^\(.*\)$/.test(part));
    const filled = parts.slice(1, -1).map((part) => (part.startsWith('[') ? id : part));
    return { address: `/${filled.join('/')}`, hasId: file.includes('[') };
  });
}

test('security Z4: every page about what is not there, or with no id at all, is answered 404, and no other page is', async ({
  page,
}) => {
  await signInAt(page, site.url);
  const statusOf = async (address: string) => (await page.request.get(site.url + address)).status();
  for (const id of [UNKNOWN, '%00']) {
    for (const { address, hasId } of consoleAddresses(id)) {
      if (hasId || id === UNKNOWN) expect(await statusOf(address), address).toBe(hasId ? 404 : 200);
    }
  }
});

test('security N10: whoever opens acknowledge links too often reads how long to wait, on a page and not in an error', async ({
  request,
}) => {
  const open = async () => {
    const answer = await request.get(`${site.url}/acknowledge/nobody`);
    expect(answer.status()).toBe(200);
    return answer.text();
  };
  expect(await open()).toContain('This link is not valid any more');
  for (let more = 1; more < LINKS_PER_MINUTE; more++) await open();
  expect(await open()).toMatch(/Too many requests\. Try again in \d+ s\./);
});

test('what is not there is "not found" within the console, which stays live', async ({ page }) => {
  await signInAt(page, site.url);
  const lists = {
    [`/agents/${UNKNOWN}/runs`]: 'agents',
    '/agents/%00': 'agents',
    [`/alerts/${UNKNOWN}`]: 'alerts',
  };
  for (const [address, noun] of Object.entries(lists)) {
    await page.goto(site.url + address);
    await expect(page.getByText('There is nothing here'), address).toBeVisible();
    await expect(page.getByRole('link', { name: `All ${noun}` }), address).toBeVisible();
    await expect(page.getByRole('navigation').first()).toBeVisible();
    await isLive(page);
  }
});

test('whoever holds a phone reaches every place of the console: what the bar has no room for stands behind "More"', async ({
  page,
}) => {
  await page.setViewportSize({ width: 360, height: 740 });
  await signInAt(page, site.url);
  await page.getByRole('button', { name: 'More pages' }).click();
  await expect(page.getByRole('menuitem')).toContainText(['Connect', 'Settings']);
  await page.getByRole('menuitem', { name: 'Connect' }).click();
  await expect(page.getByRole('heading', { level: 1, name: /connect/i })).toBeVisible();
});

test('security N1: an action of another site, or of nobody, is 403 before anything reads it', async ({
  request,
}) => {
  const ask = async (headers: Record<string, string>) => {
    const sent = { 'next-action': '00'.repeat(21), 'content-type': 'text/plain;charset=UTF-8', ...headers };
    const answer = await request.post(`${site.url}/sign-in`, { headers: sent, data: '[]' });
    return [answer.status(), answer.headers()['content-type']];
  };
  const refused = [403, 'application/problem+json'];
  expect(await ask({ origin: 'https://evil.example' })).toEqual(refused);
  expect(await ask({})).toEqual(refused);
  expect(await ask({ origin: site.url, 'sec-fetch-site': 'cross-site' })).toEqual(refused);
  // Ours, although a proxy in front of us calls us by another name; Next knows no such action.
  expect((await ask({ origin: site.url, host: 'console.internal:3000' }))[0]).toBe(409);
});

test('security U9: the metrics are at the path that was configured and nowhere else', async ({ request }) => {
  const configured = await request.get(site.url + METRICS_PATH);
  expect(await configured.text()).toContain('process_cpu_seconds_total');
  expect((await request.get(`${site.url}/metrics`)).status()).toBe(404);
});

test('an address or method that /api does not have is a problem document, never a page', async ({
  request,
}) => {
  const ask = async (method: string, path: string) => {
    const answer = await request.fetch(site.url + path, { method, headers: { origin: site.url } });
    const { allow, 'content-type': type } = answer.headers();
    return [answer.status(), type, allow];
  };
  const nowhere = [404, 'application/problem+json', undefined];
  for (const path of ['/api', '/api/v1', '/api/v1/nope', '/api/v1/agents/a/b/c']) {
    expect(await ask('GET', path), path).toEqual(nowhere);
  }
  expect(await ask('DELETE', '/api/v1/nope')).toEqual(nowhere);
  expect(await ask('PUT', '/api/v1/agents')).toEqual([
    405,
    'application/problem+json',
    'GET, HEAD, POST, OPTIONS',
  ]);
});

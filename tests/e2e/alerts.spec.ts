import { expect, type Page } from '@playwright/test';
import { fireAlert, freshName, makeEagerRule, readAlert, rest } from './alerting.ts';
import { test } from './journey.ts';
import { signIn } from './sign-in.ts';

const fleet = freshName('desk');
let ruleId: string;
test.describe.configure({ mode: 'serial' });

test.beforeAll(async ({ browser }) => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await signIn(page);
  ruleId = await makeEagerRule(page, fleet);
  await context.close();
});
test.beforeEach(({ page }) => signIn(page));

const live = (page: Page) =>
  expect(page.locator('[data-connection]')).toHaveAttribute('data-connection', 'live');

test('the inbox names what needs somebody, groups it by cause and takes all of it in one tap', async ({
  page,
}) => {
  test.setTimeout(120_000);
  await page.goto('/alerts');
  await live(page);
  const alerts = await Promise.all(['a', 'b', 'c'].map((agent) => fireAlert(page, `${fleet}-${agent}`)));
  for (const { id } of alerts) await expect(page.locator(`[data-alert="${id}"]`)).toBeVisible();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('need somebody');
  await expect(page).toHaveTitle(/^\(\d+\) Alerts/);

  const group = page.getByRole('region', { name: `Too much of ${fleet}` });
  await expect(group.locator('[data-alert]')).toHaveCount(3);
  await group.getByRole('button', { name: /^Acknowledge 3 alerts/ }).click();
  for (const { id } of alerts)
    await expect.poll(async () => (await readAlert(page, id)).status).toBe('acknowledged');
  await page.getByRole('button', { name: /^Acknowledged/ }).click();
  await expect(page).toHaveURL(/status=acknowledged/);
  await expect(page.locator(`[data-alert="${alerts[0]?.id}"]`)).toContainText('Acknowledged by');
});

test('an alert shows its evidence, runbook and timeline; comments, feedback and snooze stand in it', async ({
  page,
}) => {
  test.setTimeout(120_000);
  const alert = await fireAlert(page, `${fleet}-detail`);
  await page.goto(`/alerts/${alert.id}`);
  await live(page);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(`${fleet}-detail does too much`);
  await expect(page.getByRole('link', { name: 'https://wiki.example/too-much' })).toBeVisible();
  await expect(page.getByRole('img', { name: /around the alert/ })).toBeVisible();

  await page.getByLabel('Comment').fill('Known since the release.');
  await page.getByRole('button', { name: 'Add comment' }).click();
  await expect(page.locator('[data-event="commented"]')).toContainText('Known since the release.');
  await page.getByRole('button', { name: 'Noise', exact: true }).click();
  await expect(page.locator('[data-event="feedback"]')).toContainText('Called noise');
  await page.getByRole('button', { name: /^Snooze/ }).click();
  await page.getByRole('menuitem', { name: '1 hour' }).click();
  await expect(page.locator('[data-event="snoozed"]')).toContainText('Snoozed for 1 h');
  expect((await readAlert(page, alert.id)).snoozedUntil).not.toBeNull();
});

test('reliability F26: what resolves leaves the inbox and every open page of it at once, and stays away', async ({
  page,
  context,
}) => {
  test.setTimeout(120_000);
  const alert = await fireAlert(page, `${fleet}-over`);
  const detail = await context.newPage();
  await detail.goto(`/alerts/${alert.id}`);
  await page.goto('/alerts');
  await Promise.all([live(page), live(detail)]);
  await expect(page.locator(`[data-alert="${alert.id}"]`)).toBeVisible();
  await rest(page, 'POST', `/alerts/${alert.id}/resolve`, {});
  await expect(page.locator(`[data-alert="${alert.id}"]`)).toHaveCount(0);
  await expect(detail.locator('header[data-status="resolved"]')).toBeVisible();
  await page.reload();
  await expect(page.locator(`[data-alert="${alert.id}"]`)).toHaveCount(0);
});

test('filters stand in the address; nothing that matches is a picture of its own', async ({ page }) => {
  await page.goto(`/alerts?status=resolved&q=${fleet}-over`);
  await expect(page.locator('[data-alert]').first()).toContainText(`${fleet}-over`);
  await page.getByRole('searchbox').fill('there is no such alert');
  await expect(page.getByText('No alert matches')).toBeVisible();
  await expect(page).toHaveURL(/q=there/);
  await page.getByRole('button', { name: 'Clear filters' }).first().click();
  await expect(page).not.toHaveURL(/q=/);
});

test('the pages of alerts fit 360 px, name their controls and give thumbs 44 px', async ({ browser }) => {
  test.setTimeout(120_000);
  const context = await browser.newContext({
    viewport: { width: 360, height: 740 },
    hasTouch: true,
    isMobile: true,
    baseURL: test.info().project.use.baseURL,
  });
  const page = await context.newPage();
  await signIn(page);
  const alert = await fireAlert(page, `${fleet}-narrow`);
  for (const path of ['/alerts', '/alerts?status=acknowledged', `/alerts/${alert.id}`, '/alerts/stats']) {
    await page.goto(path);
    await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
    const faults = await page.evaluate(() => {
      const controls = [...document.querySelectorAll('main button, main select, main input[type=search]')];
      const small = controls
        .filter((control) => control.checkVisibility() && control.getBoundingClientRect().height < 44)
        .map((control) => control.outerHTML.slice(0, 120));
      const nameless = controls
        .filter((control) => control.checkVisibility() && control.tagName === 'BUTTON')
        .filter((control) => !(control.getAttribute('aria-label') ?? control.textContent)?.trim())
        .map((control) => control.outerHTML.slice(0, 120));
      return { small, nameless, wide: document.documentElement.scrollWidth > window.innerWidth };
    });
    expect(faults, path).toEqual({ small: [], nameless: [], wide: false });
  }
  await context.close();
});

test('the sections of alerts lead to each other, statistics say how soon alerts were taken', async ({
  page,
}) => {
  await page.goto('/alerts');
  await page.getByRole('link', { name: 'Statistics' }).click();
  await page.waitForURL('**/alerts/stats');
  await expect(page.getByText('Mean time to acknowledge')).toBeVisible();
  await page.goto('/alerts');
  await page.getByRole('link', { name: 'Rules', exact: true }).click();
  await page.waitForURL('**/alerts/rules');
  expect(ruleId).not.toBe('');
});

import { expect } from '@playwright/test';
import { parseCalendar } from '#lib/testing/calendar-parser.ts';
import { rest } from './alerting.ts';
import { test } from './journey.ts';
import { product } from './product.ts';
import { signIn } from './sign-in.ts';

test.beforeEach(({ page }) => signIn(page));

test('a schedule is made on a phone, overridden, and read by a calendar program', async ({
  page,
  playwright,
}) => {
  await page.setViewportSize({ width: 360, height: 800 });
  const name = `Primary ${Date.now()}`;
  await page.goto('/on-call/schedules/new');
  await page.getByLabel('Name').first().fill(name);
  await page.getByRole('button', { name: 'Add rotation' }).click();
  await page.getByLabel('First hand-off').fill('2026-01-05T09:00');
  await page.getByLabel('Add a person').selectOption({ index: 1 });
  await page.getByRole('button', { name: 'Save schedule' }).click();
  await expect(page.getByRole('heading', { name })).toBeVisible();
  await expect(page.getByText('Somebody is on call all the time of this week')).toBeVisible();

  const day = new Date().toISOString().slice(0, 10);
  await page.getByLabel('Who', { exact: true }).selectOption('nobody');
  await page.getByLabel('From').fill(`${day}T00:00`);
  await page.getByLabel('To', { exact: true }).fill(`${day}T23:59`);
  await page.getByRole('button', { name: 'Add override' }).click();
  await expect(page.getByText('Nobody on call')).toBeVisible();
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(width).toBeLessThanOrEqual(360);

  await page.getByRole('button', { name: 'Make an address' }).click();
  const address = (await page.getByText('/api/calendar/').textContent()) ?? '';
  const outside = await playwright.request.newContext();
  const feed = await outside.get(new URL(new URL(address).pathname, product().url).href);
  expect(feed.headers()['content-type']).toBe('text/calendar; charset=utf-8');
  const events = parseCalendar(await feed.text());
  expect(events.length).toBeGreaterThan(1);
  expect(events[0]?.summary).toContain(`on call: ${name}`);
  await outside.dispose();

  await page.goto('/on-call');
  await expect(page.getByRole('region', { name })).toContainText('Nobody');
});

test('an escalation policy is made of steps that tell a schedule or a person', async ({ page }) => {
  const name = `Standard ${Date.now()}`;
  await page.goto('/on-call/policies/new');
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Add a person, schedule or channel').selectOption({ index: 1 });
  await page.getByLabel('Minutes until the next step').fill('7');
  await page.getByRole('button', { name: 'Save policy' }).click();
  await expect(page.getByRole('link', { name: new RegExp(name) })).toContainText('(7 min)');
});

test('an override is drawn across the week with the mouse, and the form says what was drawn', async ({
  page,
}) => {
  const name = `Drawn ${Date.now()}`;
  const people = await rest<{ id: string; name: string }[]>(page, 'GET', '/on-call/people');
  const rotation = {
    name: 'Primary',
    participants: [people[0]?.id],
    startsAt: '2026-01-05T09:00',
    shift: { unit: 'weeks', length: 1 },
  };
  const { id } = await rest<{ id: string }>(page, 'POST', '/schedules', {
    name,
    timeZone: 'Asia/Kathmandu',
    rotations: [rotation],
  });
  await page.goto(`/on-call/schedules/${id}?week=2026-03-04`);
  const tracks = page.locator('[data-track]');
  const [tuesday, wednesday] = [await tracks.nth(1).boundingBox(), await tracks.nth(2).boundingBox()];
  if (!tuesday || !wednesday) throw new Error('The week is not there.');
  const middle = (box: typeof tuesday) => box.y + box.height / 2;
  await page.mouse.move(tuesday.x + tuesday.width * 0.75, middle(tuesday));
  await page.mouse.down();
  await page.mouse.move(wednesday.x + wednesday.width * 0.25, middle(wednesday), { steps: 5 });
  await expect(page.getByText('Chosen: Tue 3 Mar, 18:00 to Wed 4 Mar, 06:00')).toBeVisible();
  await page.mouse.up();
  await expect(page.getByLabel('From')).toHaveValue('2026-03-03T18:00');
  await expect(page.getByLabel('To', { exact: true })).toHaveValue('2026-03-04T06:00');
  await expect(page.getByLabel('Who', { exact: true })).toBeFocused();

  await page.getByLabel('Who', { exact: true }).selectOption('nobody');
  await page.getByRole('button', { name: 'Add override' }).click();
  const gaps = page.getByRole('region', { name: 'Gaps and overlaps' });
  await expect(gaps).toContainText('Tue 3 Mar, 18:00 to Wed 4 Mar, 06:00');
  await expect(page.getByLabel('From')).toHaveValue('');
});

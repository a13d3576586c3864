import { randomBytes } from 'node:crypto';
import { expect, type Page } from '@playwright/test';
import { test } from './journey.ts';
import { product } from './product.ts';
import { signIn } from './sign-in.ts';

const suffix = randomBytes(3).toString('hex');
const AGENT = `rules-agent-${suffix}`;
const RULE = `Errors of ${AGENT}`;

/** Ended runs of one agent, every second one failed. */
async function sendRuns(runs: number): Promise<void> {
  const { otlpHttpUrl, apiKey } = product();
  const attribute = (key: string, value: string) => ({ key, value: { stringValue: value } });
  const endMs = Date.now();
  const spans = Array.from({ length: runs }, (_, i) => ({
    traceId: randomBytes(16).toString('hex'),
    spanId: randomBytes(8).toString('hex'),
    name: 'invoke_agent',
    kind: 1,
    startTimeUnixNano: `${endMs - 250}000000`,
    endTimeUnixNano: `${endMs}000000`,
    ...(i % 2 === 0 && { status: { code: 2 } }),
    attributes: [attribute('gen_ai.operation.name', 'invoke_agent'), attribute('gen_ai.agent.name', AGENT)],
  }));
  const resource = { attributes: [attribute('service.name', AGENT)] };
  const response = await fetch(`${otlpHttpUrl}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': apiKey },
    body: JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 'e2e' }, spans }] }] }),
  });
  expect(response.status).toBe(200);
}

/** A rule of which nobody but its test knows. */
async function makeRule(name: string): Promise<void> {
  const { url, apiKey } = product();
  const response = await fetch(`${url}/api/v1/alert-rules`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': apiKey },
    body: JSON.stringify({ name, definition: { type: 'ratio', levels: { critical: 0.99 } } }),
  });
  expect(response.status).toBe(201);
}

async function hasNoSidewaysScroll(page: Page): Promise<void> {
  const [content, width] = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    document.documentElement.clientWidth,
  ]);
  expect(content).toBeLessThanOrEqual(width ?? 0);
}

const preview = (page: Page) => page.getByRole('region', { name: 'Preview' });

test.describe('alert rules', () => {
  test.beforeAll(() => sendRuns(20));
  test.beforeEach(({ page }) => signIn(page));

  test('a rule says what it does and would have done while it is written, fires, and is brought back', async ({
    page,
  }) => {
    // Raw rows become what rules look at within 12 s, a rule with a look a second fires then.
    test.setTimeout(120_000);
    await page.goto('/alerts/rules/new');
    await page.getByLabel('Name', { exact: true }).fill(RULE);
    await page.getByLabel('Critical at, %').fill('much');
    await expect(page.getByText('Give a number.')).toBeVisible();
    await page.getByLabel('Critical at, %').fill('30');
    await page.getByLabel('Fires after').fill('0s');
    await page.getByLabel('Add an agent by name').fill(AGENT);
    await expect(
      page.getByText(/^Fires critical when the error rate of any agent among 1 chosen agent is over 30%/),
    ).toBeVisible();
    await page
      .getByLabel('Looks every')
      .evaluate((field) => field.closest('details')?.setAttribute('open', ''));
    await page.getByLabel('Looks every').fill('1s');
    await page.getByLabel('Looks at data until, before now').fill('0s');
    await page.getByLabel('Title').fill('{{ agent }} fails');
    await expect(page.getByText(`${AGENT} fails`)).toBeVisible();
    await expect(preview(page).getByRole('status')).toContainText('It would');
    await page.getByLabel('Message').fill('{{ nonsense }}');
    await expect(page.getByText('there is no {{ nonsense }}')).toBeVisible();
    await page.getByLabel('Message').fill('');
    await page.getByRole('button', { name: 'Create rule' }).click();

    await expect(page.getByRole('heading', { name: RULE })).toBeVisible();
    await expect(async () => {
      await page.reload();
      await expect(page.getByRole('region', { name: 'Now not normal' }).getByText('Firing')).toBeVisible({
        timeout: 1000,
      });
    }).toPass({ timeout: 45_000 });
    await expect(page.getByRole('region', { name: 'History' })).toContainText(AGENT);

    await page.getByRole('link', { name: 'Edit' }).click();
    await page.getByLabel('Critical at, %').fill('100');
    await page.getByRole('button', { name: 'Save as a new version' }).click();
    const versions = page.getByRole('region', { name: 'Versions' });
    await expect(versions).toContainText('levels.critical 0.3 → 1');
    await versions.getByRole('button', { name: 'Restore' }).click();
    await expect(versions.getByText('Version 3', { exact: true })).toBeVisible();
  });

  test('rules are switched in the list, exported and taken in again', async ({ page }) => {
    const name = `Switched ${suffix}`;
    await makeRule(name);
    await page.goto('/alerts/rules');
    const rule = page.getByRole('listitem').filter({ hasText: name });
    await rule.getByRole('switch').click();
    await expect(rule.getByText('Off: it is not evaluated.')).toBeVisible();
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export' }).click();
    const file = await (await download).path();
    await page.getByRole('button', { name: 'Import' }).click();
    await page.getByLabel('Rule file').setInputFiles(file);
    await page.getByRole('dialog').getByRole('button', { name: 'Import' }).click();
    await expect(page.getByText(/^0 rules made, 0 changed/)).toBeVisible();
    await page.getByRole('button', { name: 'Import' }).click();
    await page
      .getByLabel('or paste it')
      .fill('rules:\n  - name: x\n    definition: { type: threshold, levels: {} }');
    await page.getByRole('dialog').getByRole('button', { name: 'Import' }).click();
    await expect(page.getByText('rules.0.definition.levels')).toBeVisible();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    await rule.getByRole('switch').press('Space');
    await expect(rule.getByText('Off: it is not evaluated.')).toBeHidden();
  });

  test('a silence shows what it would mute, is made, extended and ended', async ({ page }) => {
    await page.goto(`/alerts/silences/new?matcher=agent%3D%22${AGENT}%22`);
    await expect(page.getByText(/^It would mute \d+ of|^No alert is open now|^None of the/)).toBeVisible();
    await page.getByRole('button', { name: 'Silence', exact: true }).click();
    await expect(page.getByText('Say why.')).toBeVisible();
    await page.getByLabel('Why').fill(`rolling out ${suffix}`);
    await page.getByRole('button', { name: '1h', exact: true }).click();
    await page.getByRole('button', { name: 'Silence', exact: true }).click();
    const line = page
      .getByRole('region', { name: 'Active' })
      .getByRole('listitem')
      .filter({ hasText: suffix });
    await expect(line).toContainText(/ends in (1 h|5\d min)/);
    await line.getByRole('link', { name: 'Edit' }).click();
    await page.getByLabel('For how long').fill('2h');
    await page.getByRole('button', { name: 'Save changes' }).click();
    await expect(line).toContainText(/ends in (1 h 5\d min|2 h)/);
    await line.getByRole('button', { name: 'End now' }).click();
    await page.getByRole('button', { name: 'End the silence' }).click();
    await expect(page.getByRole('region', { name: 'Ended' })).toContainText(suffix);
  });

  test('maintenance shows its next times by the clock of its zone', async ({ page }) => {
    await page.goto('/alerts/maintenance/new');
    await page.getByLabel('Name').fill(`Update ${suffix}`);
    await page.getByLabel('Value 1').fill('nowhere');
    await page.getByLabel('Time zone').fill('Europe/Berlin');
    await page.getByRole('button', { name: 'Sun', exact: true }).click();
    await page.getByRole('button', { name: 'Sat', exact: true }).click();
    await expect(
      page
        .getByRole('region', { name: 'Next times' })
        .getByText(/^Sat .*02:00 to Sat .*04:00/)
        .first(),
    ).toBeVisible();
    await page.getByLabel('To', { exact: true }).fill('01:00');
    await page.getByRole('button', { name: 'Plan maintenance' }).click();
    const form = page.getByRole('region', { name: 'Maintenance window' });
    await expect(form.getByText(/The end must be after the start/)).toBeVisible();
    await page.getByLabel('To', { exact: true }).fill('03:30');
    await page.getByRole('button', { name: 'Plan maintenance' }).click();
    await expect(page.getByRole('listitem').filter({ hasText: suffix }).first()).toContainText(
      'Europe/Berlin',
    );
  });

  test('routes are made, ordered and tested; an inhibition and the timeout are set', async ({ page }) => {
    // Both take only this journey's agent: a route for everything would take the alerts of the other journeys.
    for (const value of [`${AGENT}.*`, AGENT]) {
      await page.goto('/settings/alert-routing/new');
      await page.getByLabel('Name').fill(`${value} ${suffix}`);
      await page.getByLabel('Label 1').fill('agent');
      await page.getByLabel('Comparison 1').selectOption('=~');
      await page.getByLabel('Value 1').fill(value);
      await page.getByRole('button', { name: 'Create route' }).click();
      await expect(page.getByRole('region', { name: 'Routes' })).toContainText(`${value} ${suffix}`);
    }
    const tester = page.getByRole('region', { name: 'Which route takes this alert?' });
    await tester.getByLabel('Labels: name 1').fill('agent');
    await tester.getByLabel('Labels: text 1').fill(AGENT);
    await expect(tester.getByRole('status')).toContainText(`${AGENT}.* ${suffix}`);
    await page.getByRole('button', { name: `Ask ${AGENT} ${suffix} earlier` }).click();
    await expect(page.getByRole('button', { name: `Ask ${AGENT} ${suffix} later` })).toBeVisible();
    await tester.getByLabel('Labels: text 2').fill('warning');
    await expect(tester.getByRole('status')).toContainText(`${AGENT} ${suffix}`);

    await page.getByRole('button', { name: 'Add', exact: true }).first().click();
    const inhibition = page.getByRole('region', { name: 'Inhibition' });
    await inhibition.getByLabel('Name').fill(`Hides ${suffix}`);
    await inhibition.getByRole('button', { name: 'Add inhibition' }).click();
    await expect(inhibition.getByText(`Hides ${suffix}`)).toBeVisible();
    await page.getByLabel('Active again after').fill('30m');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await expect(page.getByText(/^30 minutes after it was acknowledged/)).toBeVisible();
  });

  test('an integration shows its secret once, in what Prometheus and amtool need', async ({ page }) => {
    await page.goto('/settings/alert-integrations');
    await page.getByLabel('Name', { exact: true }).fill(`prometheus-${suffix}`);
    await page.getByRole('button', { name: 'Create integration' }).click();
    await expect(page.getByText('path_prefix: /api/integrations/')).toBeVisible();
    await expect(page.getByText('alertmanager.url: ')).toBeVisible();
    await page.getByRole('button', { name: 'Done' }).click();
    const line = page.getByRole('listitem').filter({ hasText: suffix });
    await expect(line).toContainText('Never heard');
    await line.getByRole('button', { name: 'Revoke' }).click();
    await page.getByRole('button', { name: 'Revoke it' }).click();
    await expect(line).toContainText('Revoked');
  });

  test('every page fits 360 pixels', async ({ page }) => {
    await page.setViewportSize({ width: 360, height: 740 });
    for (const path of [
      '/alerts/rules',
      '/alerts/rules/new',
      '/alerts/silences',
      '/alerts/silences/new',
      '/alerts/maintenance',
      '/alerts/maintenance/new',
      '/settings/alert-routing',
      '/settings/alert-routing/new',
      '/settings/alert-integrations',
    ]) {
      await page.goto(path);
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      await hasNoSidewaysScroll(page);
    }
  });
});

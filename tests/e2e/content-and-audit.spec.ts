import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, type Page } from '@playwright/test';
import { test } from './journey.ts';
import { product } from './product.ts';
import { signIn } from './sign-in.ts';

const HOSTILE = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>';
const PERSON = `person-${randomBytes(4).toString('hex')}`;

const text = (key: string, value: string) => ({ key, value: { stringValue: value } });

/** Sends one model call of an agent over OTLP; answers with its trace id. */
async function say(said: string): Promise<string> {
  const { otlpHttpUrl, apiKey } = product();
  const traceId = randomBytes(16).toString('hex');
  const endMs = Date.now();
  const span = {
    ...{ traceId, spanId: randomBytes(8).toString('hex'), name: `chat ${HOSTILE}`, kind: 3 },
    ...{ startTimeUnixNano: `${endMs - 100}000000`, endTimeUnixNano: `${endMs}000000` },
    attributes: [
      text('gen_ai.operation.name', 'chat'),
      text('gen_ai.request.model', 'gpt-4o'),
      text('gen_ai.agent.name', `journey ${HOSTILE}`.slice(0, 120)),
      text('gen_ai.input.messages', said),
      text('user.id', PERSON),
    ],
  };
  const resource = { attributes: [text('service.name', 'content-journey')] };
  const answer = await fetch(`${otlpHttpUrl}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': apiKey },
    body: JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans: [span] }] }] }),
  });
  expect(answer.status).toBe(200);
  return traceId;
}

/** Says it until it is stored with its content: a switch takes hold within 5 s. */
async function sayStored(page: Page, said: string): Promise<string> {
  let traceId = '';
  await expect
    .poll(
      async () => {
        traceId = await say(said);
        return (await page.request.get(`/runs/${traceId}`)).text();
      },
      { timeout: 20_000, intervals: [1000] },
    )
    .toContain('has content');
  await page.goto(`/runs/${traceId}`);
  await expect(page.getByText('has content')).toBeVisible();
  return traceId;
}

test('security N7: an admin keeps content, redacts it, reads it, erases it, and the log tells it all', async ({
  page,
}) => {
  await signIn(page);
  await page.goto('/settings/content');
  await page.getByRole('button', { name: 'Store content' }).click();
  await page.getByRole('button', { name: 'Yes, store it' }).click();
  await expect(page.getByRole('button', { name: 'Stop storing content' })).toBeVisible();
  await page.getByLabel('Try it on a text').fill('write to ada@mail.example');
  await page.getByRole('button', { name: 'Preview' }).click();
  await expect(page.getByTestId('redaction-preview')).toHaveText('write to [redacted]');
  await page.getByRole('button', { name: 'Add rule' }).click();
  await expect(page.getByRole('list', { name: 'Redaction rules' })).toContainText('E-mail addresses');

  const traceId = await sayStored(page, `ask ada@mail.example ${HOSTILE}`);
  await expect(page.getByText('ask [redacted]')).toHaveCount(0);
  await page.getByRole('button', { name: 'Show content' }).click();
  await expect(page.getByText(`ask [redacted] ${HOSTILE}`)).toBeVisible();
  expect(await page.evaluate(() => 'hacked' in window)).toBe(false);

  await page.goto(`/settings/audit-log?action=content.read&targetId=${traceId}`);
  const row = page.getByRole('region', { name: 'Rows' }).getByRole('listitem').first();
  await row.locator('summary').click();
  await expect(row.getByText(product().admin.email).first()).toBeVisible();
  await page.getByRole('button', { name: 'Verify' }).click();
  await expect(page.getByText(/All \d+ rows are as they were written/)).toBeVisible();
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export CSV' }).click();
  expect(readFileSync(await (await download).path(), 'utf8')).toContain(traceId);
  await page.setViewportSize({ width: 360, height: 740 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);

  await page.goto('/settings/content');
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  await page.getByLabel('Id of the person').fill(PERSON);
  await page.getByRole('button', { name: 'Erase', exact: true }).click();
  await page.getByRole('button', { name: 'Yes, erase it' }).click();
  await expect(page.getByRole('list', { name: 'Erasures' }).getByText('Erased').first()).toBeVisible({
    timeout: 30_000,
  });
  await page.goto(`/runs/${traceId}`);
  await expect(page.getByText('content erased')).toBeVisible();
  await page.getByRole('button', { name: 'Show content' }).click();
  await expect(page.getByText('Nothing that was said in this run is stored.')).toBeVisible();

  await page.goto('/settings/content');
  await page.getByRole('button', { name: 'Stop storing content' }).click();
  await page.getByRole('button', { name: 'Delete E-mail addresses' }).click();
  await expect(page.getByText('No rules yet')).toBeVisible();
});

import { randomBytes } from 'node:crypto';
import { expect, type Page } from '@playwright/test';
import type { AlertDetail, AlertRow } from '#lib/model/alert-view.ts';
import { product } from './product.ts';
import { sendRun } from './send-run.ts';

/** A name that no run before has left in the product. */
export const freshName = (word: string): string => `${word}${randomBytes(4).toString('hex')}`;

/** Asks the REST interface as the person who is signed in on a page. */
export async function rest<T>(page: Page, method: string, path: string, body?: unknown): Promise<T> {
  const { url } = product();
  const response = await page.request.fetch(`${url}/api/v1${path}`, {
    method,
    headers: { origin: url, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { data: JSON.stringify(body) }),
  });
  expect(response.ok(), `${method} ${path}: ${await response.text()}`).toBe(true);
  return (await response.json()) as T;
}

/** A rule that fires for each agent of a prefix as soon as it has run at all, and goes on firing. */
export async function makeEagerRule(page: Page, prefix: string): Promise<string> {
  const { id } = await rest<{ id: string }>(page, 'POST', '/alert-rules', {
    name: `Too much of ${prefix}`,
    definition: {
      type: 'threshold',
      source: {
        measure: 'requests',
        matchers: [{ name: 'agent', operator: '=~', value: `${prefix}-.*` }],
      },
      windowSeconds: 3600,
      intervalSeconds: 1,
      offsetSeconds: 0,
      operator: '>',
      levels: { critical: 0 },
      runbookUrl: 'https://wiki.example/too-much',
      title: '{{ agent }} does too much',
      message: '{{ agent }} had {{ value }}.',
    },
  });
  return id;
}

/** Lets an agent do too much, and waits for the alert that this brings. */
export async function fireAlert(page: Page, agent: string): Promise<AlertRow> {
  await sendRun(agent);
  let found: AlertRow | undefined;
  await expect(async () => {
    const { items } = await rest<{ items: AlertRow[] }>(page, 'GET', `/alerts?q=${agent}`);
    found = items[0];
    expect(found).toBeDefined();
  }).toPass({ timeout: 45_000, intervals: [250] });
  return found as AlertRow;
}

export const readAlert = (page: Page, id: string) => rest<AlertDetail>(page, 'GET', `/alerts/${id}`);

/** Pages everybody of the team at once of the alerts of agents with a prefix, before any other route takes them. */
export async function pageEverybodyOf(page: Page, prefix: string): Promise<void> {
  const people = await rest<{ id: string }[]>(page, 'GET', '/on-call/people');
  const { id } = await rest<{ id: string }>(page, 'POST', '/escalation-policies', {
    name: freshName('Everybody '),
    steps: [
      {
        targets: people.map((person) => ({ kind: 'user', id: person.id })),
        delayMinutes: 60,
      },
    ],
    repeat: 0,
  });
  await rest(page, 'POST', '/alert-routes', {
    name: freshName('All '),
    position: 0,
    matchers: [{ name: 'agent', operator: '=~', value: `${prefix}-.*` }],
    escalationPolicyId: id,
  });
}

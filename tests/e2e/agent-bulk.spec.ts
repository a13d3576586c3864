import { expect, type Page } from '@playwright/test';
import { freshName, rest } from './alerting.ts';
import { startControlServer } from './control-server.ts';
import { test } from './journey.ts';
import { signIn } from './sign-in.ts';

/** Agents made by hand, found by their prefix. The first can be started, the others have no control URL. */
async function makeAgents(page: Page, prefix: string, controlUrl: string): Promise<string[]> {
  const names = [`${prefix}-a`, `${prefix}-b`, `${prefix}-c`];
  for (const [i, name] of names.entries())
    await rest(page, 'POST', '/agents', { name, ...(i === 0 && { controlUrl }) });
  return names;
}

const toolbar = (page: Page) => page.getByRole('toolbar', { name: 'For the selected agents' });

test('many agents are selected by keyboard, each tells what became of it, and they are deleted after a question', async ({
  page,
}) => {
  const remote = await startControlServer();
  await signIn(page);
  const prefix = freshName('bulk');
  const names = await makeAgents(page, prefix, remote.controlUrl);
  await page.goto(`/agents?q=${prefix}`);
  await expect(page.getByRole('link', { name: names[2], exact: true })).toBeVisible();

  const one = page.getByRole('checkbox', { name: `Select ${names[1]}` });
  await one.focus();
  await page.keyboard.press('Space');
  await expect(toolbar(page)).toContainText('1 agent selected');
  const all = page.getByRole('checkbox', { name: 'Select all agents shown' });
  await all.focus();
  await page.keyboard.press('Space');
  await expect(toolbar(page)).toContainText('3 agents selected');

  await toolbar(page).getByRole('button', { name: 'Start' }).press('Enter');
  const answers = page.getByRole('dialog', { name: '1 of 3 agents asked to start' });
  await expect(answers.getByRole('listitem')).toHaveCount(3);
  await expect(answers.getByRole('listitem').first()).toContainText(/control URL/i);
  await expect(answers.getByRole('listitem').last()).toContainText(`${names[0]}Done`);
  await page.keyboard.press('Escape');
  await expect(toolbar(page)).toHaveCount(0);

  await page.setViewportSize({ width: 360, height: 740 });
  await page.getByRole('checkbox', { name: `Select ${names[0]}` }).check();
  await toolbar(page).getByRole('button', { name: 'Select all 3' }).click();
  const box = await toolbar(page).boundingBox();
  expect(box && box.x >= 0 && box.x + box.width <= 360).toBe(true);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
  await toolbar(page).getByRole('button', { name: 'Delete' }).click();
  const question = page.getByRole('dialog', { name: 'Delete 3 agents?' });
  await expect(question).toContainText(names.join(', '));
  await question.getByRole('button', { name: 'Delete 3 agents' }).click();
  await expect(page.getByText('3 agents deleted.')).toBeVisible();
  await expect(page.getByText(/^No agent matches|^No agents yet/)).toBeVisible();
  await remote.stop();
});

import { existsSync } from 'node:fs';
import type { Browser, Page } from '@playwright/test';
import { paths } from '#lib/model/paths.ts';
import type { Stack } from '#tests/bench/stack.ts';
import { launchBrowser } from '#tests/soak/soak.ts';

/** Somebody with the console open, where the machine has a Chromium. */
export interface InboxReader {
  /** Opens the inbox anew and answers with the milliseconds until it shows an alert whose title has this text. */
  load(text: string): Promise<number>;
  close(): Promise<void>;
}

async function signIn(stack: Stack, browser: Browser): Promise<Page> {
  const page = await browser.newPage();
  await page.goto(`${stack.url}/sign-in`);
  await page.getByLabel('Email').fill(stack.admin.email);
  await page.getByLabel('Password').fill(stack.admin.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
  return page;
}

/** Signs in with a real browser; null on a machine without one. */
export async function openInbox(stack: Stack): Promise<InboxReader | null> {
  if (!existsSync(process.env.CHROMIUM_PATH ?? '/usr/bin/chromium')) return null;
  const browser = await launchBrowser();
  const page = await signIn(stack, browser);
  return {
    async load(text) {
      const began = performance.now();
      await page.goto(`${stack.url}${paths.alerts()}`);
      await page.getByText(text).first().waitFor({ timeout: 60_000 });
      return performance.now() - began;
    },
    close: () => browser.close(),
  };
}

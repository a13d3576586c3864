import { existsSync } from 'node:fs';
import type { Browser, Locator, Page } from '@playwright/test';
import { paths } from '#lib/model/paths.ts';
import type { Stack } from '#tests/bench/stack.ts';
import { launchBrowser } from '#tests/soak/soak.ts';

/** Somebody with the console open, where the machine has a Chromium. */
export interface InboxReader {
  /** Opens the inbox anew and answers with the milliseconds until it shows an alert whose title has this text. */
  load(text: string): Promise<number>;
  /** Opens a second inbox, which stays open. */
  stay(): Promise<OpenInbox>;
  close(): Promise<void>;
}

/** An inbox that is open while news comes in. */
export interface OpenInbox {
  /** Waits until it shows an alert by itself. */
  shown(): Promise<void>;
  /** Taps the first alert's button; milliseconds until the page says that the server has taken it. */
  take(): Promise<number>;
  /** By how many milliseconds its event loop came late, about 20 times a second since it was opened. */
  lags(): Promise<number[]>;
}

interface Watched {
  lags: number[];
}

/** Notes from within the page how late its timers come: what a tap would wait for. */
function noteLags(): void {
  const everyMs = 50;
  const lags: number[] = [];
  (globalThis as unknown as Watched).lags = lags;
  let last = performance.now();
  setInterval(() => {
    const now = performance.now();
    lags.push(Math.max(0, now - last - everyMs));
    last = now;
  }, everyMs);
}

/** A list that moves between the look and the tap is looked at again, as a person would. */
async function tapFirst(page: Page, asking: Locator): Promise<Locator> {
  const giveUpAt = performance.now() + 60_000;
  for (;;) {
    const id = await asking.first().getAttribute('data-alert', { timeout: 60_000 });
    const card = page.locator(`[data-alert="${id}"]`);
    try {
      await card.getByRole('button', { name: /^Acknowledge / }).click({ timeout: 2000 });
      return card;
    } catch (error) {
      if (performance.now() > giveUpAt) throw error;
    }
  }
}

async function openInboxOn(page: Page, url: string): Promise<OpenInbox> {
  await page.goto(url);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.evaluate(noteLags);
  const asking = page.locator('[data-alert][data-status="active"]').filter({
    has: page.getByRole('button', { name: /^Acknowledge / }),
  });
  return {
    shown: () => asking.first().waitFor({ timeout: 60_000 }),
    async take() {
      const began = performance.now();
      const card = await tapFirst(page, asking);
      await card
        .getByRole('button', { name: /^Acknowledge / })
        .waitFor({ state: 'detached', timeout: 60_000 });
      if ((await card.getByText('Not yet acknowledged').count()) > 0)
        throw new Error('a tap found no connection');
      return performance.now() - began;
    },
    lags: () => page.evaluate(() => (globalThis as unknown as Watched).lags),
  };
}

async function signIn(stack: Stack, browser: Browser): Promise<Page> {
  const context = await browser.newContext();
  const page = await context.newPage();
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
    stay: async () => openInboxOn(await page.context().newPage(), `${stack.url}${paths.alerts()}`),
    close: () => browser.close(),
  };
}

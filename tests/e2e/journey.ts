import { type Browser, test as base, type Page } from '@playwright/test';

/**
 * Whether React has taken over every control of a page, and the router its history, which is the last thing it does;
 * a page that is none of ours has nothing to wait for.
 */
function isTakenOver(): boolean {
  if (!('__next_f' in window)) return true;
  if (!Object.hasOwn(window.history, 'pushState')) return false;
  const controls = [...document.querySelectorAll('button, select, textarea, input:not([type=hidden])')];
  return controls.every((control) => Object.keys(control).some((key) => key.startsWith('__reactProps$')));
}

/** What is typed or pressed before a page is taken over may be lost, so that a journey waits for it wherever it goes. */
function waitForTakeover(page: Page): void {
  const [goto, reload] = [page.goto.bind(page), page.reload.bind(page)];
  page.goto = async (...how) => {
    const answer = await goto(...how);
    await page.waitForFunction(isTakenOver);
    return answer;
  };
  page.reload = async (...how) => {
    const answer = await reload(...how);
    await page.waitForFunction(isTakenOver);
    return answer;
  };
}

/** The test of Playwright, with pages that have been loaded when they can be used. */
export const test = base.extend<object, { browser: Browser }>({
  browser: [
    async ({ browser }, use) => {
      const newContext = browser.newContext.bind(browser);
      browser.newContext = async (...how) => {
        const context = await newContext(...how);
        context.on('page', waitForTakeover);
        return context;
      };
      await use(browser);
    },
    { scope: 'worker' },
  ],
});

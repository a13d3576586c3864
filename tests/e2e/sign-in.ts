import { type BrowserContext, expect, type Page } from '@playwright/test';
import { product, type RunningProduct } from './product.ts';

const SESSION_COOKIE = 'pitwall-session';

/** Where somebody signs in, and as whom. */
type Site = Pick<RunningProduct, 'url' | 'admin'>;

/** The sessions of this process of journeys, by the product that one of them has signed in to. */
const sessions = new Map<string, Awaited<ReturnType<BrowserContext['cookies']>>>();

/** Opens another page from one that may be leaving for the sign-in page by itself, because its session has ended. */
export async function leaveFor(page: Page, url: string): Promise<void> {
  await expect(async () => void (await page.goto(url))).toPass();
}

/** Signs in as the provisioned admin through the form, which makes a session of its own. */
export async function signInByForm(page: Page, { url, admin }: Site = product()): Promise<void> {
  await page.goto(`${url}/sign-in`);
  await page.getByLabel('Email').fill(admin.email);
  await page.getByLabel('Password').fill(admin.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.waitForURL((at) => !at.pathname.startsWith('/sign-in'));
}

/**
 * Makes the browser of a page one of the provisioned admin; the page stays where it is. The first journey of a
 * process goes through the form, the others go on with its session: a sign-in costs seconds on a busy machine.
 */
export async function signIn(page: Page, site: Site = product()): Promise<void> {
  const context = page.context();
  const session = sessions.get(site.url);
  if (session) return context.addCookies(session);
  const door = await context.newPage();
  await signInByForm(door, site);
  await door.close();
  const cookies = await context.cookies(site.url);
  sessions.set(
    site.url,
    cookies.filter(({ name }) => name === SESSION_COOKIE),
  );
}

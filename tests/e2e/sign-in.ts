import type { BrowserContext, Page } from '@playwright/test';
import { product } from './product.ts';

const SESSION_COOKIE = 'pitwall-session';

/** The session of this process of journeys, once one of them has signed in. */
let session: Awaited<ReturnType<BrowserContext['cookies']>> | undefined;

/** Signs in as the provisioned admin through the form, which makes a session of its own. */
export async function signInByForm(page: Page): Promise<void> {
  const { admin } = product();
  await page.goto('/sign-in');
  await page.getByLabel('Email').fill(admin.email);
  await page.getByLabel('Password').fill(admin.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
}

/**
 * Makes the browser of a page one of the provisioned admin; the page stays where it is. The first journey of a
 * process goes through the form, the others go on with its session: a sign-in costs seconds on a busy machine.
 */
export async function signIn(page: Page): Promise<void> {
  const context = page.context();
  if (session) return context.addCookies(session);
  const door = await context.newPage();
  await signInByForm(door);
  await door.close();
  session = (await context.cookies()).filter(({ name }) => name === SESSION_COOKIE);
}

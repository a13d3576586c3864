import type { Page } from '@playwright/test';
import { product } from './product.ts';

/** Signs in as the provisioned admin through the form. */
export async function signIn(page: Page): Promise<void> {
  const { admin } = product();
  await page.goto('/sign-in');
  await page.getByLabel('Email').fill(admin.email);
  await page.getByLabel('Password').fill(admin.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
}

import type { Theme } from '#lib/model/appearance.ts';
import { currentSignedIn } from './session.ts';

/**
 * The theme that the signed-in person chose; null before a sign-in and where they chose none, then the browser's cookie
 * decides. A database that does not answer costs the theme, not the page.
 */
export async function viewerTheme(): Promise<Theme | null> {
  const signedIn = await currentSignedIn().catch(() => null);
  return signedIn?.session.preferences.theme ?? null;
}

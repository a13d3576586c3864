import { paths } from '#lib/model/paths.ts';

/** Longest address that a sign-in comes back to, as on the server (lib/web/session.ts). */
const LONGEST_RETURN = 2000;

/** Where to sign in so that it comes back to the page that this browser shows. */
export function signInAddress(): string {
  const shown = window.location.pathname + window.location.search;
  return paths.signIn({ callbackUrl: shown.length <= LONGEST_RETURN ? shown : null });
}

import type { Config } from '#lib/config/config.ts';
import { signOnCookies } from '../session-cookie.ts';

function isAddress(text: string, base: string): boolean {
  const address = URL.parse(text, text.startsWith('/') ? base : undefined);
  return address?.protocol === 'https:' || address?.protocol === 'http:';
}

/** What is read of a request. */
interface Asked {
  nextUrl: { searchParams: URLSearchParams };
  cookies: { get(name: string): { value: string } | undefined };
}

/**
 * Whether a request says that a sign-in comes back to what is no address, in its search or in its cookie. next-auth
 * takes that for a wrong configuration of ours and answers 500.
 *
 * @param app our address, and whether it is one of HTTPS: by that the cookie has its name
 */
export function comesBackNowhere(
  { nextUrl, cookies }: Asked,
  app: Pick<Config['app'], 'url' | 'secure'>,
): boolean {
  const said = nextUrl.searchParams.getAll('callbackUrl');
  const kept = cookies.get(signOnCookies(app).callbackUrl.name)?.value ?? '';
  return [...said, kept].some((text) => text !== '' && !isAddress(text, app.url));
}

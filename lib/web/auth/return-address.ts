/** Where next-auth keeps the address that a sign-in comes back to. */
const COOKIES = ['next-auth.callback-url', '__Secure-next-auth.callback-url'];

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
 */
export function comesBackNowhere({ nextUrl, cookies }: Asked, base: string): boolean {
  const said = nextUrl.searchParams.getAll('callbackUrl');
  const kept = COOKIES.flatMap((name) => cookies.get(name)?.value ?? []);
  return [...said, ...kept].some((text) => text !== '' && !isAddress(text, base));
}

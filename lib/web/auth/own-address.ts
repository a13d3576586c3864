/**
 * Only addresses of our own, so that signing in never leads elsewhere (security A10), and such as can be decoded:
 * next-auth keeps the address in a cookie that nobody could read otherwise.
 */
export function ownAddress(url: string, baseUrl: string): string {
  try {
    const target = new URL(url, baseUrl);
    decodeURIComponent(target.href);
    return target.origin === new URL(baseUrl).origin ? target.href : baseUrl;
  } catch {
    return baseUrl;
  }
}

/**
 * The same as path and search: who came by another of our names (127.0.0.1 for localhost) stays there, where
 * the cookie is. A path begins with one slash: `/.//other.example` comes out with two, which name another host.
 */
export function ownPath(url: string, baseUrl: string): string {
  const { pathname, search } = new URL(ownAddress(url, baseUrl));
  return pathname.replace(/^\/+/, '/') + search;
}

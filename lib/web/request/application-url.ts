/** Where the route of the metrics stands in the application. */
const METRICS = '/metrics';
/** What Next shows when it fails, which is an address too and answers 500 to whoever asks for it. */
const FAILURE = '/_global-error';

/** Whether a path can be decoded: Next fails on one that cannot. */
function isReadable(path: string): boolean {
  try {
    // The value is used: bundlers drop calls whose result nobody looks at, and with them what is thrown.
    return decodeURIComponent(path) !== '';
  } catch {
    return false;
  }
}

/**
 * The URL by which the application knows what was asked for: as Next will read it, without steps up and down and
 * without a host, so that whoever looks at its beginning sees where it leads. The configured path of the metrics
 * leads to their route, which has no other address.
 *
 * @param url path and search as they came in
 * @param metricsPath as configured
 * @returns null when there is nothing at that address, or it is none
 */
export function applicationUrl(url: string, metricsPath: string): string | null {
  const parsed = URL.parse(url.startsWith('/') ? `http://localhost${url}` : url);
  if (!parsed?.pathname.startsWith('/')) return null;
  const { pathname, search } = parsed;
  if (!isReadable(pathname) || pathname === FAILURE) return null;
  if (pathname === metricsPath) return METRICS + search;
  return pathname === METRICS ? null : pathname + search;
}

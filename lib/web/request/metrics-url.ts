/** Where the route of the metrics stands in the application. */
const ROUTE = '/metrics';

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
 * The URL by which the application knows what was asked for: the configured path of the metrics leads to
 * their route, which has no other address.
 *
 * @param url path and search as they came in
 * @param metricsPath as configured
 * @returns null when there is nothing at that address, or it is none
 */
export function applicationUrl(url: string, metricsPath: string): string | null {
  const [path = '', ...search] = url.split(/(?=\?)/);
  if (!isReadable(path)) return null;
  if (path === metricsPath) return [ROUTE, ...search].join('');
  return path === ROUTE ? null : url;
}

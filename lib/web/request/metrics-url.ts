/** Where the route of the metrics stands in the application. */
const ROUTE = '/metrics';

/**
 * The URL by which the application knows what was asked for: the configured path of the metrics leads to
 * their route, which has no other address.
 *
 * @param url path and search as they came in
 * @param metricsPath as configured
 * @returns null when there is nothing at that address
 */
export function applicationUrl(url: string, metricsPath: string): string | null {
  const [path = '', ...search] = url.split(/(?=\?)/);
  if (path === metricsPath) return [ROUTE, ...search].join('');
  return path === ROUTE ? null : url;
}

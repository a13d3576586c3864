/** The proxy on the way to a host, as HTTPS_PROXY and NO_PROXY say; null: none (pitfall C14). */
export function proxyOf(
  host: string,
  { url, except }: { url: string | null; except: string },
): string | null {
  const name = host.toLowerCase();
  const isExcepted = except
    .split(',')
    .map((entry) =>
      entry
        .trim()
        .toLowerCase()
        .replace(/^\*?\./, '.'),
    )
    .some((entry) => entry === '*' || (entry.startsWith('.') ? name.endsWith(entry) : entry === name));
  return isExcepted ? null : url;
}

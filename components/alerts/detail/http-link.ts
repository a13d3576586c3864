/** An address that may be a link: http(s) and nothing else, whatever its sender wrote (alerting S69); else null. */
export function httpLink(text: string): string | null {
  if (!/^https?:\/\//i.test(text)) return null;
  try {
    const { protocol, href } = new URL(text);
    return protocol === 'https:' || protocol === 'http:' ? href : null;
  } catch {
    return null;
  }
}

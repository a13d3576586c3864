/** Of a user agent the first of these that stands in it says most: others claim to be like it. */
const BROWSERS = [
  ['Edg/', 'Edge'],
  ['Firefox/', 'Firefox'],
  ['Chrome/', 'Chrome'],
  ['Safari/', 'Safari'],
] as const;
const SYSTEMS = ['Windows', 'Android', 'iPhone', 'iPad', 'Mac OS', 'Linux'] as const;

/** Browser and system out of a user agent, as far as it says. */
export function deviceWords(userAgent: string | null): string {
  const browser = BROWSERS.find(([mark]) => userAgent?.includes(mark))?.[1] ?? 'A browser';
  const system = SYSTEMS.find((name) => userAgent?.includes(name));
  return system === undefined ? browser : `${browser} on ${system}`;
}

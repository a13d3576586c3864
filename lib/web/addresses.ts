import { headers } from 'next/headers';
import { webContext } from '#lib/compose/web.ts';
import { addressesAt, type PublicAddresses } from './public-addresses.ts';

/** The name of this installation that the browser used, null when it is none that was configured. */
function browsedHost(host: string | null, origin: string | null, ours: readonly string[]): string | null {
  if (origin !== null && ours.includes(origin)) return new URL(origin).hostname;
  const asked = /^[a-z0-9.-]+|^\[[0-9a-f:.]+\]/i.exec(host ?? '')?.[0] ?? null;
  return ours.some((own) => new URL(own).hostname === asked) ? asked : null;
}

/**
 * The addresses for the page that is asked for. A page after a server action is asked for by Next itself, at the
 * address that we listen on: there the Origin of the action says where the browser is. Where neither is one of
 * ours it is `APP_URL`.
 */
export async function publicAddresses(): Promise<PublicAddresses> {
  const { config } = await webContext();
  const given = await headers();
  const browsed = browsedHost(given.get('host'), given.get('origin'), config.app.allowedOrigins);
  return addressesAt(browsed ?? new URL(config.app.url).hostname, config);
}

import { headers } from 'next/headers';
import { webContext } from '#lib/compose/web.ts';

/** Where the other processes of this installation are reached, as the person's browser and agents see it. */
export interface PublicAddresses {
  /** Origin of the realtime service. */
  realtime: string;
  otlpHttp: string;
  otlpGrpc: string;
}

/** The name of this installation that the browser used, null when it is none that was configured. */
function browsedHost(host: string | null, origin: string | null, ours: readonly string[]): string | null {
  if (origin !== null && ours.includes(origin)) return new URL(origin).hostname;
  const asked = /^[a-z0-9.-]+|^\[[0-9a-f:.]+\]/i.exec(host ?? '')?.[0] ?? null;
  return ours.some((own) => new URL(own).hostname === asked) ? asked : null;
}

/**
 * Addresses that are not configured are the host that the page was asked for, with their own port. A page
 * after a server action is asked for by Next itself, at the address that we listen on: there the Origin of the
 * action says where the browser is. Where neither is one of ours it is `APP_URL`.
 */
export async function publicAddresses(): Promise<PublicAddresses> {
  const { config } = await webContext();
  const { app, realtime, ingest } = config;
  const page = new URL(app.url);
  const given = await headers();
  const host = browsedHost(given.get('host'), given.get('origin'), app.allowedOrigins) ?? page.hostname;
  const at = (protocol: string, port: number) => `${protocol}//${host}:${port}`;
  return {
    realtime: realtime.url ?? at(page.protocol, realtime.port),
    otlpHttp: at('http:', ingest.httpPort),
    otlpGrpc: at('http:', ingest.grpcPort),
  };
}

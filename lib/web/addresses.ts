import { headers } from 'next/headers';
import { webContext } from '#lib/compose/web.ts';

/** Where the other processes of this installation are reached, as the person's browser and agents see it. */
export interface PublicAddresses {
  /** Origin of the realtime service. */
  realtime: string;
  otlpHttp: string;
  otlpGrpc: string;
}

/**
 * Addresses that are not configured are the host that the page was asked for, with their own port. A host that
 * is none of ours (the one that a page after a server action is asked for with, say) stands for `APP_URL`.
 */
export async function publicAddresses(): Promise<PublicAddresses> {
  const { config } = await webContext();
  const { app, realtime, ingest } = config;
  const page = new URL(app.url);
  const host = /^[a-z0-9.-]+|^\[[0-9a-f:.]+\]/i.exec((await headers()).get('host') ?? '')?.[0];
  const isOurs = app.allowedOrigins.some((origin) => new URL(origin).hostname === host);
  const at = (protocol: string, port: number) => `${protocol}//${isOurs ? host : page.hostname}:${port}`;
  return {
    realtime: realtime.url ?? at(page.protocol, realtime.port),
    otlpHttp: at('http:', ingest.httpPort),
    otlpGrpc: at('http:', ingest.grpcPort),
  };
}

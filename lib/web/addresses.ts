import { headers } from 'next/headers';
import { webContext } from '#lib/compose/web.ts';

/** Where the other processes of this installation are reached, as the person's browser and agents see it. */
export interface PublicAddresses {
  /** Origin of the realtime service. */
  realtime: string;
  otlpHttp: string;
  otlpGrpc: string;
}

/** Addresses that are not configured are the host that the page was asked for, with their own port. */
export async function publicAddresses(): Promise<PublicAddresses> {
  const { config } = await webContext();
  const { app, realtime, ingest } = config;
  const page = new URL(app.url);
  const asked = /^[a-z0-9.-]+|^\[[0-9a-f:.]+\]/i.exec((await headers()).get('host') ?? '')?.[0];
  const at = (protocol: string, port: number) => `${protocol}//${asked ?? page.hostname}:${port}`;
  return {
    realtime: realtime.url ?? at(page.protocol, realtime.port),
    otlpHttp: at('http:', ingest.httpPort),
    otlpGrpc: at('http:', ingest.grpcPort),
  };
}

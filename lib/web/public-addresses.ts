import type { Config } from '#lib/config/config.ts';

/** Where the other processes of this installation are reached, as the person's browser and agents see it. */
export interface PublicAddresses {
  /** Origin of the realtime service. */
  realtime: string;
  otlpHttp: string;
  otlpGrpc: string;
  /** The console is reached over TLS, and the address that agents are told is not. */
  otlpInClear: boolean;
}

/** Addresses that are not configured are the host that the page was asked for, with their own port. */
export function addressesAt(
  host: string,
  { app, realtime, ingest }: Pick<Config, 'app' | 'realtime' | 'ingest'>,
): PublicAddresses {
  const { protocol } = new URL(app.url);
  const otlpHttp = ingest.httpUrl ?? `http://${host}:${ingest.httpPort}`;
  return {
    realtime: realtime.url ?? `${protocol}//${host}:${realtime.port}`,
    otlpHttp,
    otlpGrpc: ingest.grpcUrl ?? `http://${host}:${ingest.grpcPort}`,
    otlpInClear: protocol === 'https:' && otlpHttp.startsWith('http:'),
  };
}

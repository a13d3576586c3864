import type { OutboundPolicy, PortSpan } from '#lib/model/outbound.ts';

/** Where web servers, gateways, identity providers and agents usually listen; no database does. */
export const WEB_PORTS = [80, 443, 3000, 5000, 8000, 8080, 8081, 8443, 8888, 9443];

const LOOPBACK = ['127.0.0.0/8', '::1/128'];

const single = (port: number): PortSpan => [port, port];

const portOf = ({ port, protocol }: URL): number =>
  Number(port) || (protocol.startsWith('redis') ? 6379 : 5432);

/** The ports of whoever develops: any that needs no privilege, except where our own databases listen. */
function developmentPorts(databases: readonly (string | undefined)[]): PortSpan[] {
  const closed = databases
    .flatMap((url) => (url === undefined ? [] : [portOf(new URL(url))]))
    .toSorted((a, b) => a - b);
  const spans: PortSpan[] = [];
  let first = 1024;
  for (const port of closed) {
    if (port > first) spans.push([first, port - 1]);
    first = Math.max(first, port + 1);
  }
  return first > 65_535 ? spans : [...spans, [first, 65_535]];
}

interface OutboundVariables {
  PITWALL_ENV: string;
  OUTBOUND_ALLOW?: string[];
  OUTBOUND_PORTS?: PortSpan[];
  DATABASE_URL?: string;
  DATABASE_OWNER_URL?: string;
  REDIS_URL?: string;
}

/** What outgoing requests may reach: what is written, else what serves without opening anything inside (security O4). */
export function outboundPolicy(env: OutboundVariables): OutboundPolicy {
  const isDevelopment = env.PITWALL_ENV === 'development';
  const own = [env.DATABASE_URL, env.DATABASE_OWNER_URL, env.REDIS_URL];
  const usual = WEB_PORTS.map(single);
  return {
    ranges: env.OUTBOUND_ALLOW ?? (isDevelopment ? LOOPBACK : []),
    ports:
      env.OUTBOUND_PORTS ??
      (isDevelopment ? [...usual.filter(([port]) => port < 1024), ...developmentPorts(own)] : usual),
  };
}

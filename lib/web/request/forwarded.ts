import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

type Headers = Record<string, string | string[] | undefined>;

const FORWARDED = [
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-proto',
  'x-real-ip',
];

function isTrusted(address: string, trusted: readonly string[]): boolean {
  if (isIP(address) === 0) return false;
  const ip = ipaddr.process(address);
  return trusted.some((cidr) => {
    const range = ipaddr.parseCIDR(cidr.includes('/') ? cidr : `${cidr}/${cidr.includes(':') ? 128 : 32}`);
    return range[0].kind() === ip.kind() && ip.match(range);
  });
}

/** The client's address: the last hop that no trusted proxy vouches for. */
function clientAddress(peer: string, chain: readonly string[], trusted: readonly string[]): string {
  let client = peer;
  for (const hop of [...chain].reverse()) {
    if (!isTrusted(client, trusted)) break;
    if (isIP(hop) === 0) break;
    client = hop;
  }
  return client;
}

/**
 * Rewrites the forwarding headers of a request in place, before anything reads them: `x-forwarded-for`
 * becomes the one address of the client, and what a stranger claims about host and protocol is dropped
 * (security A15, N2).
 *
 * @param peer address of the other end of the connection
 * @param trusted CIDRs of the proxies in front of us
 */
export function settleForwarding(headers: Headers, peer: string, trusted: readonly string[]): void {
  const address = isIP(peer) === 0 ? '0.0.0.0' : ipaddr.process(peer).toString();
  const chain = String(headers['x-forwarded-for'] ?? '')
    .split(',')
    .map((hop) => hop.trim());
  const { 'x-forwarded-proto': protocol, 'x-forwarded-host': host } = headers;
  for (const name of FORWARDED) delete headers[name];
  headers['x-forwarded-for'] = clientAddress(address, chain, trusted);
  if (!isTrusted(address, trusted)) return;
  if (protocol === 'https' || protocol === 'http') headers['x-forwarded-proto'] = protocol;
  // Next compares it with the Origin of a server action, beside our own list of origins.
  if (typeof host === 'string') headers['x-forwarded-host'] = host;
}

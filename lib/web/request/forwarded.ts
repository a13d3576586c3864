import { clientAddress, inRanges } from '#lib/kernel/client-address.ts';

type Headers = Record<string, string | string[] | undefined>;

const FORWARDED = [
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-proto',
  'x-real-ip',
];

/**
 * Rewrites the forwarding headers of a request in place, before anything reads them: `x-forwarded-for`
 * becomes the one address of the client, and what a stranger claims about host and protocol is dropped
 * (security A15, N2).
 *
 * @param peer address of the other end of the connection
 * @param trusted CIDRs of the proxies in front of us
 */
export function settleForwarding(headers: Headers, peer: string, trusted: readonly string[]): void {
  const {
    'x-forwarded-for': forwardedFor,
    'x-forwarded-proto': protocol,
    'x-forwarded-host': host,
  } = headers;
  for (const name of FORWARDED) delete headers[name];
  headers['x-forwarded-for'] = clientAddress(peer, String(forwardedFor ?? ''), trusted);
  if (!inRanges(clientAddress(peer, '', []), trusted)) return;
  if (protocol === 'https' || protocol === 'http') headers['x-forwarded-proto'] = protocol;
  // Next compares it with the Origin of a server action, beside our own list of origins.
  if (typeof host === 'string') headers['x-forwarded-host'] = host;
}

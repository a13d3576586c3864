import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Whether the text is an address or a CIDR. */
export function isRange(text: string): boolean {
  return isIP(text) !== 0 || (text.includes('/') && ipaddr.isValidCIDR(text));
}

/** Whether an address lies in one of the ranges, each an address or a CIDR; an IPv4 address in IPv6 is itself. */
export function inRanges(address: string, ranges: readonly string[]): boolean {
  if (isIP(address) === 0) return false;
  const ip = ipaddr.process(address);
  return ranges.some((range) => {
    const [network, bits] = ipaddr.parseCIDR(
      range.includes('/') ? range : `${range}/${range.includes(':') ? 128 : 32}`,
    );
    return network.kind() === ip.kind() && ip.match(network, bits);
  });
}

/**
 * What budgets by address count, as a key. Who has one address of IPv6 has the 2^64 of its network, and is one client by
 * that (security U7).
 */
export function networkOf(address: string | null): string {
  if (address === null || isIP(address) === 0) return 'unknown';
  const ip = ipaddr.process(address);
  if (!(ip instanceof ipaddr.IPv6)) return ip.toString();
  return `${ip.parts
    .slice(0, 4)
    .map((part) => part.toString(16))
    .join(':')}::/64`;
}

/**
 * The client's address: the last hop that no trusted proxy vouches for. What a stranger claims about itself is not
 * believed (security A15, U7).
 *
 * @param peer address of the other end of the connection
 * @param forwardedFor the header `x-forwarded-for`, as it came in
 * @param trusted ranges of the proxies in front of us
 */
export function clientAddress(peer: string, forwardedFor: string, trusted: readonly string[]): string {
  let client = isIP(peer) === 0 ? '0.0.0.0' : ipaddr.process(peer).toString();
  const chain = forwardedFor.split(',').map((hop) => hop.trim());
  for (const hop of chain.reverse()) {
    if (!inRanges(client, trusted)) break;
    if (isIP(hop) === 0) break;
    client = ipaddr.process(hop).toString();
  }
  return client;
}

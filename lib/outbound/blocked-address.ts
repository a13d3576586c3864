/**
 * Requests to addresses that people type (probes, providers, webhooks) leave through here, and only to where
 * an admin allows. May import model and kernel.
 *
 * This file decides which addresses may be connected to (security O1).
 */
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Range = [Address, number];
/** Ranges that may be connected to beside the public internet. */
export type AllowedRanges = readonly Range[];

/** Ranges that ipaddr.js counts as unicast although they lead inside or nowhere. */
const MORE_BLOCKED = [
  '192.0.0.0/24',
  '192.88.99.0/24',
  '198.18.0.0/15',
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  '100::/64',
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '3fff::/20',
  '5f00::/16',
  'fec0::/10',
].map((cidr) => ipaddr.parseCIDR(cidr));

function contains(range: Range, address: Address): boolean {
  return range[0].kind() === address.kind() && address.match(range);
}

/** The IPv4 address inside an IPv4-mapped or IPv4-compatible IPv6 address, else the address itself. */
function unwrap(address: Address): Address {
  if (!(address instanceof ipaddr.IPv6)) return address;
  if (address.isIPv4MappedAddress()) return address.toIPv4Address();
  const bytes = address.toByteArray();
  const isCompatible =
    bytes.slice(0, 12).every((byte) => byte === 0) && bytes.slice(12).some((byte) => byte > 1);
  return isCompatible ? new ipaddr.IPv4(bytes.slice(12)) : address;
}

/** Reads the allow-list: CIDRs or single addresses that an admin opened. Throws on anything else. */
export function parseAllowList(entries: readonly string[]): Range[] {
  return entries.map((entry) => {
    if (entry.includes('/')) return ipaddr.parseCIDR(entry);
    const address = ipaddr.parse(entry);
    return [address, address.kind() === 'ipv4' ? 32 : 128];
  });
}

/**
 * Whether a resolved address may not be connected to: everything but public unicast is blocked, unless it
 * stands in the allow-list.
 *
 * @param text an IP address as the resolver gave it; anything else is blocked
 */
export function isBlockedAddress(text: string, allowed: AllowedRanges): boolean {
  const plain = text.split('%')[0] ?? '';
  if (isIP(plain) === 0) return true;
  const address = unwrap(ipaddr.parse(plain));
  if (allowed.some((range) => contains(range, address))) return false;
  return address.range() !== 'unicast' || MORE_BLOCKED.some((range) => contains(range, address));
}

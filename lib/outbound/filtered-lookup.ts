import { type LookupAddress, type LookupOptions, lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { type AllowedRanges, isBlockedAddress } from './blocked-address.ts';

/** Finds all addresses of a name. */
export type Resolver = (
  name: string,
  options: LookupOptions & { all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

export class BlockedTarget extends Error {}

/** Resolves a name and fails if any of its addresses is blocked: the check is on what is connected to (security O1). */
export function filteredLookup(allowed: AllowedRanges, resolve: Resolver = lookup): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, '');
      const [first] = addresses;
      if (!first || addresses.some(({ address }) => isBlockedAddress(address, allowed)))
        return callback(new BlockedTarget('The name leads inside the network.'), '');
      return options.all ? callback(null, addresses) : callback(null, first.address, first.family);
    });
  };
}

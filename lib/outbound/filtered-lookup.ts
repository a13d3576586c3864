import { lookup as resolve } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { type AllowedRanges, isBlockedAddress } from './blocked-address.ts';

export class BlockedTarget extends Error {}

/** Resolves a name and fails if any of its addresses is blocked: the check is on what is connected to (security O1). */
export function filteredLookup(allowed: AllowedRanges): LookupFunction {
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

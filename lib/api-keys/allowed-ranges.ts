import { z } from 'zod';
import type { Origin } from '#lib/access/actor.ts';
import { inRanges, isRange } from '#lib/kernel/client-address.ts';
import { AppError } from '#lib/kernel/errors.ts';

/** Addresses and CIDRs that a key may be used from; none: from anywhere. */
export const allowedRangesInput = z
  .array(z.string().trim().max(50).refine(isRange, 'Give addresses or ranges, as 203.0.113.0/24.'))
  .max(50, 'At most 50 ranges.')
  .transform((ranges) => [...new Set(ranges)])
  .default([]);

/** Whether a key may be used from where somebody uses it; an address that is not known is elsewhere. */
export function mayBeUsedFrom(ranges: readonly string[], { ip }: Origin): boolean {
  return ranges.length === 0 || (ip !== null && inRanges(ip, ranges));
}

export function refuseAddress({ ip }: Origin): AppError {
  return new AppError('forbidden', `This API key may not be used from ${ip ?? 'an unknown address'}.`);
}

import { AppError, type FieldIssue } from '#lib/kernel/errors.ts';
import type { OutboundPolicy } from '#lib/model/outbound.ts';
import { typedTargetRefusal } from '#lib/outbound/typed-target.ts';

type Addresses = { healthUrl?: string | null; controlUrl?: string | null };

/**
 * Refuses addresses that would be refused whenever they are called, so that it is said at the field where
 * they are typed.
 *
 * @param before the agent as it was: an address that stays is not judged again
 * @throws AppError `invalid` with an issue per field
 */
export function refuseAddressesInside(
  given: Addresses,
  policy: OutboundPolicy,
  before: Addresses = {},
): void {
  const issues = (['healthUrl', 'controlUrl'] as const).flatMap((path): FieldIssue[] => {
    const typed = given[path] ?? null;
    const message = typed === null || typed === before[path] ? null : typedTargetRefusal(typed, policy);
    return message === null ? [] : [{ path, message }];
  });
  if (issues.length > 0) throw new AppError('invalid', 'Some values are not valid.', { issues });
}

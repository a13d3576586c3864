import { AppError, isAppError } from '#lib/kernel/errors.ts';
import { type AllowedRanges, isBlockedAddress, parseAllowList } from './blocked-address.ts';
import { literalAddress, readTarget } from './request-target.ts';

/** Names that mean this host wherever they are resolved (RFC 6761, section 6.3). */
const LOOPBACK_NAME = /(^|\.)localhost\.?$/;

/** The refusal of a target inside the network, in words that name the way out. */
export function blockedTarget(): AppError {
  return new AppError(
    'forbidden',
    'This address leads inside the network. An admin can open it with OUTBOUND_ALLOW.',
  );
}

/**
 * Reads an address that somebody typed, and refuses it if it says by itself that it leads inside. Any other
 * name is judged by what it resolves to when it is connected to.
 *
 * @param allowed ranges that an admin opened (OUTBOUND_ALLOW), as `parseAllowList` reads them
 * @throws AppError `invalid`, or `forbidden` for an address that is blocked (security O1, O4)
 */
export function checkTypedTarget(typed: string, allowed: AllowedRanges): URL {
  const target = readTarget(typed);
  const literal = LOOPBACK_NAME.test(target.hostname) ? '127.0.0.1' : literalAddress(target);
  if (literal !== null && isBlockedAddress(literal, allowed)) throw blockedTarget();
  return target;
}

/**
 * Why an address would be refused whenever it is called, for saying it at the field where it is typed; null: it
 * would not.
 *
 * @param allow ranges that an admin opened (OUTBOUND_ALLOW), as they are written
 */
export function typedTargetRefusal(typed: string, allow: readonly string[]): string | null {
  try {
    checkTypedTarget(typed, parseAllowList(allow));
    return null;
  } catch (error) {
    if (isAppError(error)) return error.message;
    throw error;
  }
}

import { AppError, isAppError } from '#lib/kernel/errors.ts';
import type { OutboundPolicy } from '#lib/model/outbound.ts';
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

/** A policy, read once for many targets. */
export interface OutboundLimits {
  ranges: AllowedRanges;
  ports: OutboundPolicy['ports'];
}

export const readPolicy = ({ ranges, ports }: OutboundPolicy): OutboundLimits => ({
  ranges: parseAllowList(ranges),
  ports,
});

const USUAL_PORT: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 };

function checkPort(target: URL, ports: OutboundPolicy['ports']): void {
  const port = Number(target.port === '' ? USUAL_PORT[target.protocol] : target.port);
  if (ports.some(([first, last]) => port >= first && port <= last)) return;
  throw new AppError(
    'forbidden',
    `Its port ${port} is closed to outgoing requests. An admin can open it with OUTBOUND_PORTS.`,
  );
}

/**
 * Reads an address that somebody typed, and refuses it if it says by itself that it leads inside, or to a port that
 * is not opened. Any other name is judged by what it resolves to when it is connected to.
 *
 * @throws AppError `invalid`, or `forbidden` for an address or port that is blocked (security O1, O4)
 */
export function checkTypedTarget(typed: string, { ranges, ports }: OutboundLimits): URL {
  const target = readTarget(typed);
  const literal = LOOPBACK_NAME.test(target.hostname) ? '127.0.0.1' : literalAddress(target);
  if (literal !== null && isBlockedAddress(literal, ranges)) throw blockedTarget();
  checkPort(target, ports);
  return target;
}

/**
 * Why an address would be refused whenever it is called, for saying it at the field where it is typed; null: it
 * would not.
 */
export function typedTargetRefusal(typed: string, policy: OutboundPolicy): string | null {
  try {
    checkTypedTarget(typed, readPolicy(policy));
    return null;
  } catch (error) {
    if (isAppError(error)) return error.message;
    throw error;
  }
}

/**
 * Second factors: codes of an authenticator app and recovery codes. They are asked for after the password; a passkey may
 * answer instead.
 *
 * This file holds the arithmetic of the codes (RFC 6238: SHA-1, six digits, steps of 30 seconds, as all apps do it).
 */
import { Secret, TOTP } from 'otpauth';

const STEP_SECONDS = 30;
const FORM = { algorithm: 'SHA1', digits: 6, period: STEP_SECONDS } as const;

/** A new secret of 160 bits, in base32 as people type it. */
export function newAuthenticatorSecret(): string {
  return new Secret({ size: 20 }).base32;
}

/** What the QR code says to an authenticator app. */
export function authenticatorUri(secret: string, email: string): string {
  return new TOTP({ ...FORM, issuer: 'Pitwall', label: email, secret: Secret.fromBase32(secret) }).toString();
}

/**
 * The time step that a code belongs to: the present one, or the one before or after it for clocks that are a little
 * off. Null when the code is not right.
 */
export function stepOfCode(secret: string, code: string, nowMs: number): number | null {
  const totp = new TOTP({ ...FORM, secret: Secret.fromBase32(secret) });
  const delta = totp.validate({ token: code, timestamp: nowMs, window: 1 });
  return delta === null ? null : Math.floor(nowMs / 1000 / STEP_SECONDS) + delta;
}

import { randomBytes } from 'node:crypto';

/** A random secret of `byteLength` bytes in base64url (32 bytes: 256 bits, 43 characters). */
export function randomToken(byteLength = 32): string {
  return randomBytes(byteLength).toString('base64url');
}

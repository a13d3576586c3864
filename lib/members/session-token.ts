import { hash } from 'node:crypto';

/** SHA-256 of a session's token; the token itself stands in the cookie only (security A3). */
export function hashToken(token: string): Buffer {
  return hash('sha256', token, 'buffer');
}

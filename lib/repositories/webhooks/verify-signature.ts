/**
 * What webhooks of repositories deliver: who signed it, what it says, whether it may start something.
 *
 * This file holds the check of the signature.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

const FORM = /^sha256=([0-9a-f]{64})$/i;
/** Stands in for the secret of a connection that there is none of, so that both take as long. */
const NOBODYS = randomBytes(32).toString('base64url');

/**
 * Whether a body was signed with one of the secrets: HMAC-SHA-256 over the bytes as they came, compared in constant
 * time (deployment S-85). Each secret is tried, whichever fits (S-88).
 *
 * @param header `X-Hub-Signature-256`
 * @param secrets none: nothing verifies, after the work of one
 */
export function isSignedBy(body: Uint8Array, header: string | null, secrets: readonly string[]): boolean {
  const sent = Buffer.from(FORM.exec(header ?? '')?.[1] ?? '', 'hex');
  let verified = false;
  for (const secret of secrets.length === 0 ? [NOBODYS] : secrets) {
    const own = createHmac('sha256', secret).update(body).digest();
    verified = (sent.length === own.length && timingSafeEqual(sent, own)) || verified;
  }
  return verified && secrets.length > 0;
}

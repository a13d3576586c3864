import { createHmac } from 'node:crypto';

const PREFIX = 'whsec_';

/**
 * The headers by which a receiver verifies a message (Standard Webhooks 1.0, security O7). While a key is
 * rotated the message is signed with both: signatures stand side by side, separated by a space.
 *
 * @param secrets `whsec_...`, the current one first
 * @param atMs when it is sent, Unix milliseconds; on the wire in seconds
 */
export function signedHeaders(
  secrets: readonly string[],
  { id, atMs, body }: { id: string; atMs: number; body: string },
): Record<string, string> {
  const timestamp = String(Math.floor(atMs / 1000));
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice(PREFIX.length), 'base64');
    return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
  });
  const head = { 'webhook-id': id, 'webhook-timestamp': timestamp };
  return signatures.length === 0 ? head : { ...head, 'webhook-signature': signatures.join(' ') };
}

import { createHmac, randomBytes } from 'node:crypto';

const PREFIX = 'whsec_';

/** A signing secret as Standard Webhooks writes it: `whsec_` and 32 random bytes in base64. */
export function makeControlSecret(): string {
  return PREFIX + randomBytes(32).toString('base64');
}

/**
 * The headers that let the receiver of a message verify it (Standard Webhooks 1.0, security O7).
 *
 * @param secret `whsec_...`
 * @param atMs when it is sent, Unix milliseconds; on the wire in seconds
 */
export function signatureHeaders(
  secret: string,
  message: { id: string; atMs: number; body: string },
): Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string> {
  const timestamp = String(Math.floor(message.atMs / 1000));
  const key = Buffer.from(secret.slice(PREFIX.length), 'base64');
  const signature = createHmac('sha256', key)
    .update(`${message.id}.${timestamp}.${message.body}`)
    .digest('base64');
  return {
    'webhook-id': message.id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${signature}`,
  };
}

/**
 * Integrations: the systems that send us alerts through the Alertmanager API, their secrets, and what they may
 * send.
 */
import { hash } from 'node:crypto';
import { randomToken } from '#lib/kernel/ids.ts';

const PREFIX = 'pwa_';

/** A new secret of a sender: 256 random bits, shown once and stored as its SHA-256 only. */
export function makeIntegrationSecret(): string {
  return PREFIX + randomToken();
}

/** SHA-256, hexadecimal. The secret has enough entropy that a slow hash would add nothing. */
export function hashIntegrationSecret(secret: string): string {
  return hash('sha256', secret, 'hex');
}

/**
 * API keys: how machines prove which team they act for. May import command, access, audit, db, port
 * files, model and kernel.
 *
 * This file holds the form of a key: `pw_<48 hex: 192 random bits>_<8 hex: CRC-32 of what stands before>`.
 * The prefix lets secret scanners find leaked keys, the checksum tells a typing error from an unknown key
 * without asking the database.
 */
import { hash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

const FORM = /^pw_[0-9a-f]{48}_[0-9a-f]{8}$/;

function checksum(body: string): string {
  return crc32(body).toString(16).padStart(8, '0');
}

/** A new key; shown once, stored as its SHA-256 only (security P1). */
export function makeKey(): string {
  const body = `pw_${randomBytes(24).toString('hex')}`;
  return `${body}_${checksum(body)}`;
}

/** Whether the text has the form of a key and a checksum that does not fit. Other forms may be provisioned keys. */
export function isMistyped(key: string): boolean {
  return FORM.test(key) && checksum(key.slice(0, -9)) !== key.slice(-8);
}

/** SHA-256 of a key. The key has enough entropy that a slow hash would add nothing. */
export function hashKey(key: string): Buffer {
  return hash('sha256', key, 'buffer');
}

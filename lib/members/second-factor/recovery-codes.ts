import { randomInt } from 'node:crypto';
import { eq } from 'drizzle-orm';
import type { Tx } from '#db/client.ts';
import { recoveryCodes } from '#db/schema/sign-in.ts';
import { hashToken } from '../session-token.ts';

const CODES = 10;
/** Letters and digits that nobody mistakes for one another; 16 of them are 79 bits. */
const ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789';
const LENGTH = 16;

function newCode(): string {
  return Array.from({ length: LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
}

/** Grouped as people read it. */
const grouped = (code: string) => code.replaceAll(/(.{4})(?=.)/g, '$1-');

/** The hash that a typed code is stored under; spaces, hyphens and capitals don't count. */
export function hashRecoveryCode(typed: string): Buffer {
  return hashToken(typed.toLowerCase().replaceAll(/[\s-]/g, ''));
}

/** Makes ten recovery codes in place of those there were; they are seen in the answer and never again. */
export async function replaceRecoveryCodes(tx: Tx, userId: string, now: Date): Promise<string[]> {
  const codes = Array.from({ length: CODES }, newCode);
  await tx.delete(recoveryCodes).where(eq(recoveryCodes.userId, userId));
  await tx
    .insert(recoveryCodes)
    .values(codes.map((code) => ({ codeHash: hashRecoveryCode(code), userId, createdAt: now })));
  return codes.map(grouped);
}

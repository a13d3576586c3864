/**
 * Provisioning (SCIM 2.0, RFC 7643 and 7644): an identity provider keeps accounts and groups here. What its client
 * makes belongs to that provider; it neither sees nor changes anybody else.
 *
 * This file holds its bearer tokens.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { and, eq, gt, isNull, lt, or } from 'drizzle-orm';
import type { Db } from '#db/client.ts';
import { scimTokens } from '#db/schema/sign-in.ts';
import { randomToken } from '#lib/kernel/ids.ts';

const PREFIX = 'pws_';
/** The last use is written down at most this often, milliseconds. */
const TOUCH_MS = 60_000;

export const makeScimToken = (): string => PREFIX + randomToken(32);

/** A fast hash is enough for 256 random bits (security P1). */
export const hashScimToken = (token: string): Buffer => createHash('sha256').update(token).digest();

/** A provisioning client and the provider whose people it keeps. */
export interface ScimClient {
  id: string;
  name: string;
  issuer: string;
}

/** The client behind a bearer token, asked from the database every time; null for one that is revoked, over or unknown. */
export async function findScimClient(db: Db, token: string, now: Date): Promise<ScimClient | null> {
  if (!token.startsWith(PREFIX) || token.length > 200) return null;
  const hash = hashScimToken(token);
  const [row] = await db
    .select()
    .from(scimTokens)
    .where(and(eq(scimTokens.tokenHash, hash), isNull(scimTokens.revokedAt), gt(scimTokens.expiresAt, now)));
  if (!row || !timingSafeEqual(row.tokenHash, hash)) return null;
  const threshold = new Date(now.getTime() - TOUCH_MS);
  await db
    .update(scimTokens)
    .set({ lastUsedAt: now })
    .where(
      and(eq(scimTokens.id, row.id), or(isNull(scimTokens.lastUsedAt), lt(scimTokens.lastUsedAt, threshold))),
    );
  return { id: row.id, name: row.name, issuer: row.issuer };
}

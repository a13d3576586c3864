import { eq } from 'drizzle-orm';
import type { Db } from '#db/client.ts';
import { sessions } from '#db/schema/members.ts';
import { hashToken } from './session-token.ts';

/** How a session ended: with new roles, at somebody's word, or by itself. */
export type SessionEnd = 'new-roles' | 'ended' | 'ran-out';

/**
 * How the session of a cookie's token ended, for who comes to sign in with it; null for one that goes on, and for one
 * that nobody remembers.
 */
export async function endOfSession(db: Db, token: string, now: Date): Promise<SessionEnd | null> {
  const [session] = await db
    .select()
    .from(sessions)
    .where(eq(sessions.tokenHash, hashToken(token)));
  if (!session) return null;
  if (session.revokedAt !== null) return session.revokedFor ?? 'ended';
  return session.expiresAt <= now || session.idleExpiresAt <= now ? 'ran-out' : null;
}

import { and, eq, isNull } from 'drizzle-orm';
import type { Tx } from '#db/client.ts';
import { sessions } from '#db/schema/members.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { randomToken } from '#lib/kernel/ids.ts';
import { hashToken } from './session-token.ts';
import type { NewSession } from './start-session.ts';

/**
 * Gives a session that goes on a token of its own; whoever knows the former one is out (security A3).
 *
 * @throws AppError `unauthenticated` for one that has ended
 */
export async function renewSession(tx: Tx, userId: string, sessionId: string): Promise<NewSession> {
  const token = randomToken(32);
  const [renewed] = await tx
    .update(sessions)
    .set({ tokenHash: hashToken(token) })
    .where(and(eq(sessions.id, sessionId), eq(sessions.userId, userId), isNull(sessions.revokedAt)))
    .returning({ expiresAt: sessions.expiresAt });
  if (!renewed) throw new AppError('unauthenticated', 'Your session has ended. Sign in again.');
  return { token, expiresAt: renewed.expiresAt };
}

import { and, eq, isNull, ne } from 'drizzle-orm';
import { sessions } from '#db/schema/members.ts';
import type { CommandArgs } from '#lib/command/define-command.ts';

/**
 * Ends the sessions of a person, all or all but one; their sockets close within seconds (security A4).
 *
 * @returns how many ended
 */
export async function endSessionsOf(
  { tx, now, announce }: Pick<CommandArgs<unknown>, 'tx' | 'now' | 'announce'>,
  userId: string,
  except: string | null,
): Promise<number> {
  const others = except === null ? undefined : ne(sessions.id, except);
  const ended = await tx
    .update(sessions)
    .set({ revokedAt: now })
    .where(and(eq(sessions.userId, userId), isNull(sessions.revokedAt), others))
    .returning({ id: sessions.id });
  const sessionIds = ended.map(({ id }) => id);
  if (sessionIds.length > 0) announce({ type: 'sessions.revoked', userId, sessionIds });
  return ended.length;
}

import { and, desc, eq, gt, isNull } from 'drizzle-orm';
import { z } from 'zod';
import { sessions } from '#db/schema/members.ts';
import { defineQuery } from '#lib/command/define-query.ts';

/** The actor's own live sessions, the last used first. */
export const listOwnSessions = defineQuery({
  name: 'sessions.list-own',
  permission: 'sessions:read-own',
  input: z.strictObject({}),
  run: async ({ actor, db, now }) => {
    if (actor.kind !== 'user') return [];
    const rows = await db
      .select({
        id: sessions.id,
        createdAt: sessions.createdAt,
        lastSeenAt: sessions.lastSeenAt,
        expiresAt: sessions.expiresAt,
        ip: sessions.ip,
        userAgent: sessions.userAgent,
      })
      .from(sessions)
      .where(
        and(
          eq(sessions.userId, actor.userId),
          isNull(sessions.revokedAt),
          gt(sessions.expiresAt, now),
          gt(sessions.idleExpiresAt, now),
        ),
      )
      .orderBy(desc(sessions.lastSeenAt))
      .limit(200);
    return rows.map((row) => ({ ...row, isCurrent: row.id === actor.sessionId }));
  },
});

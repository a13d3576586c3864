import { and, desc, eq, exists, gt, isNull } from 'drizzle-orm';
import { z } from 'zod';
import type { Reader } from '#db/client.ts';
import { memberships, sessions, users } from '#db/schema/members.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { defineQuery } from '#lib/command/define-query.ts';
import type { MemberSession } from '#lib/model/access-view.ts';
import { endSessionsOf } from '../end-sessions.ts';
import { memberOf, noSuchMember, refuseStrongerMember } from './member-rows.ts';

/** The person, if they are a member of the team. */
function inTeam(db: Reader, teamId: string) {
  return exists(
    db
      .select({ userId: memberships.userId })
      .from(memberships)
      .where(and(eq(memberships.userId, users.id), eq(memberships.teamId, teamId))),
  );
}

/** Where a member of the actor's team is signed in, the last used first (security A6). */
export const listMemberSessions = defineQuery({
  name: 'sessions.list-any',
  permission: 'sessions:read-any',
  input: z.strictObject({ userId: z.uuid() }),
  run: async ({
    input: { userId },
    actor,
    db,
    now,
  }): Promise<{ person: { name: string; email: string }; items: MemberSession[] }> => {
    const [person] = await db
      .select({ name: users.name, email: users.email })
      .from(users)
      .where(and(eq(users.id, userId), inTeam(db, actor.teamId)));
    if (!person) throw noSuchMember();
    const rows = await db
      .select()
      .from(sessions)
      .where(
        and(
          eq(sessions.userId, userId),
          isNull(sessions.revokedAt),
          gt(sessions.expiresAt, now),
          gt(sessions.idleExpiresAt, now),
        ),
      )
      .orderBy(desc(sessions.lastSeenAt))
      .limit(200);
    const items = rows.map(({ id, createdAt, lastSeenAt, expiresAt, ip, userAgent }) => ({
      id,
      createdAt: createdAt.getTime(),
      lastSeenAt: lastSeenAt.getTime(),
      expiresAt: expiresAt.getTime(),
      ip,
      userAgent,
    }));
    return { person, items };
  },
});

/**
 * Signs a member of the actor's team out everywhere; one who may do more in it is left alone (security Z6). What they
 * may do in other teams does not count: they lose nothing and sign in again.
 *
 * @throws AppError `not_found`, `forbidden`
 */
export const endMemberSessions = defineCommand({
  name: 'sessions.end-all-of',
  permission: 'sessions:end-any',
  input: z.strictObject({ userId: z.uuid() }),
  audit: { action: 'session.end-all', target: 'user' },
  async run({ input: { userId }, actor, tx, now, announce }) {
    await memberOf(tx, actor.teamId, userId);
    await refuseStrongerMember(tx, actor, userId);
    const ended = await endSessionsOf(tx, userId, now, announce);
    return { result: { userId, ended }, targetId: userId, after: { ended } };
  },
});

import { and, eq } from 'drizzle-orm';
import type { Db } from '#db/client.ts';
import { users } from '#db/schema/members.ts';
import type { Origin, UserActor } from '#lib/access/actor.ts';
import { teamsOf } from './teams-of.ts';

/**
 * A person acting in a team without a session: they hold something that we signed for them. Null when they were
 * disabled or have left the team.
 */
export async function findMember(
  db: Db,
  userId: string,
  teamId: string,
  origin: Origin,
): Promise<UserActor | null> {
  const [user] = await db
    .select({ email: users.email, name: users.name })
    .from(users)
    .where(and(eq(users.id, userId), eq(users.status, 'active')));
  if (!user) return null;
  const team = (await teamsOf(db, userId)).find(({ id }) => id === teamId);
  if (!team) return null;
  const { email, name } = user;
  return {
    kind: 'user',
    userId,
    sessionId: '',
    email,
    name,
    signedInAtMs: 0,
    teamId,
    role: team.role,
    permissions: team.permissions,
    origin,
  };
}

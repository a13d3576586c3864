import { and, eq, inArray, isNotNull, or, type SQL } from 'drizzle-orm';
import type { Reader } from '#db/client.ts';
import { memberships, users } from '#db/schema/members.ts';

export interface TeamPerson {
  teamId: string;
  userId: string;
  name: string;
  isAdmin: boolean;
}

/**
 * People who can be told of the alerts of teams: active accounts with a role there. Who has left reaches
 * nobody.
 */
export async function readTeamPeople(
  db: Reader,
  teamIds: readonly string[],
  which?: SQL,
): Promise<TeamPerson[]> {
  if (teamIds.length === 0) return [];
  const rows = await db
    .select({
      userId: users.id,
      name: users.name,
      email: users.email,
      globalRole: users.globalRole,
      groupGlobalRole: users.groupGlobalRole,
      teamId: memberships.teamId,
      role: memberships.role,
      groupRole: memberships.groupRole,
    })
    .from(users)
    .leftJoin(memberships, and(eq(memberships.userId, users.id), inArray(memberships.teamId, [...teamIds])))
    .where(
      and(
        eq(users.status, 'active'),
        or(isNotNull(memberships.teamId), isNotNull(users.globalRole), isNotNull(users.groupGlobalRole)),
        which,
      ),
    )
    .orderBy(users.name, users.id);
  const people = new Map<string, TeamPerson>();
  for (const row of rows) {
    const global = [row.globalRole, row.groupGlobalRole].filter((role) => role !== null);
    for (const teamId of global.length === 0 ? [row.teamId ?? ''] : teamIds) {
      const own = row.teamId === teamId && [row.role, row.groupRole].includes('admin');
      const key = `${teamId} ${row.userId}`;
      const isAdmin = own || global.includes('admin') || people.get(key)?.isAdmin === true;
      people.set(key, { teamId, userId: row.userId, name: row.name || row.email, isAdmin });
    }
  }
  return [...people.values()];
}

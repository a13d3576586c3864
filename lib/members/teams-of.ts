import { asc, eq } from 'drizzle-orm';
import type { Reader } from '#db/client.ts';
import { memberships, teams } from '#db/schema/members.ts';
import { BUILT_IN_ROLES, type Role } from '#lib/access/permissions.ts';

export interface TeamOfUser {
  id: string;
  slug: string;
  name: string;
  /** The stronger of the global and the team role. */
  role: Role;
}

/** Built-in roles stand in the order of their strength. */
function stronger(a: Role | null, b: Role | null): Role | null {
  return BUILT_IN_ROLES.find((role) => role === a || role === b) ?? null;
}

/** The teams a person may act in, oldest first; a global role opens all of them. */
export async function teamsOf(db: Reader, userId: string, globalRole: Role | null): Promise<TeamOfUser[]> {
  const team = { id: teams.id, slug: teams.slug, name: teams.name };
  const own = await db
    .select({ ...team, role: memberships.role })
    .from(memberships)
    .innerJoin(teams, eq(teams.id, memberships.teamId))
    .where(eq(memberships.userId, userId))
    .orderBy(asc(teams.createdAt), asc(teams.id));
  if (globalRole === null) return own;
  const roles = new Map(own.map(({ id, role }) => [id, role]));
  const all = await db.select(team).from(teams).orderBy(asc(teams.createdAt), asc(teams.id));
  return all.map((row) => ({ ...row, role: stronger(globalRole, roles.get(row.id) ?? null) ?? globalRole }));
}

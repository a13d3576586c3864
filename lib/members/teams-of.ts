import { and, asc, eq, exists, sql } from 'drizzle-orm';
import type { Reader } from '#db/client.ts';
import { memberships, teams } from '#db/schema/members.ts';
import { grantsOf } from '#lib/access/grants.ts';
import type { Permission } from '#lib/access/permissions.ts';

export interface TeamOfUser {
  id: string;
  slug: string;
  name: string;
  /** What the roles that hold there are called. */
  role: string;
  /** What they add up to. */
  permissions: ReadonlySet<Permission>;
}

/** The teams a person may act in, oldest first; a global role opens all of them. */
export async function teamsOf(db: Reader, userId: string): Promise<TeamOfUser[]> {
  const grants = await grantsOf(db, userId);
  const own = db
    .select({ one: sql`1` })
    .from(memberships)
    .where(and(eq(memberships.teamId, teams.id), eq(memberships.userId, userId)));
  const rows = await db
    .select({ id: teams.id, slug: teams.slug, name: teams.name })
    .from(teams)
    .where(grants.isGlobal ? undefined : exists(own))
    .orderBy(asc(teams.createdAt), asc(teams.id));
  return rows
    .filter(({ id }) => grants.belongsTo(id))
    .map((row) => ({ ...row, role: grants.labelIn(row.id), permissions: grants.permissionsIn(row.id) }));
}

import { type SQL, sql } from 'drizzle-orm';
import type { Reader, Tx } from '#db/client.ts';
import { builtInRolesWith, type Permission } from '#lib/access/permissions.ts';

/** Whether a row `r` of roles holds a permission. */
export function roleHolds(permission: Permission): SQL {
  const builtIn = JSON.stringify(builtInRolesWith(permission));
  return sql`(${builtIn}::text::jsonb ? r.id or ${permission} = any(r.permissions))`;
}

/** Somebody active who holds a permission. */
export interface Holder extends Record<string, unknown> {
  id: string;
  name: string;
  email: string;
}

/**
 * Everybody active who holds a permission in a team, by whatever role.
 *
 * @param teamId null: for what concerns the installation, which only global roles give
 */
export async function holdersOf(
  db: Reader,
  permission: Permission,
  teamId: string | null,
): Promise<Holder[]> {
  const rows = await db.execute<Holder>(sql`
    select distinct u.id, u.name, u.email
    from users u
      left join memberships m on m.user_id = u.id and m.team_id = ${teamId}::uuid
      join roles r on r.id in (u.global_role, u.group_global_role) and r.team_id is null
        or r.id in (m.role, m.group_role) and (r.team_id is null or r.team_id = m.team_id)
    where u.status = 'active' and ${roleHolds(permission)}
    order by u.email`);
  return [...rows];
}

/** The addresses of those people; see `holdersOf`. */
export async function addressesOf(tx: Tx, permission: Permission, teamId: string | null): Promise<string[]> {
  return (await holdersOf(tx, permission, teamId)).map(({ email }) => email);
}

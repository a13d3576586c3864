import { sql } from 'drizzle-orm';
import type { Tx } from '#db/client.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { roleHolds } from './roles/role-holds.ts';

/** Whoever takes something away from somebody waits here for others who do, so that none looks at the past. */
async function lockAccess(tx: Tx): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended('access', 0))`);
}

/** Teams in which an active member may manage members. */
async function managedTeams(tx: Tx): Promise<Set<string>> {
  const rows = await tx.execute<{ team_id: string }>(sql`
    select distinct m.team_id
    from memberships m
      join users u on u.id = m.user_id and u.status = 'active'
      join roles r on r.id in (m.role, m.group_role) and (r.team_id is null or r.team_id = m.team_id)
        or r.id in (u.global_role, u.group_global_role) and r.team_id is null
    where ${roleHolds('members:manage')}`);
  return new Set(rows.map(({ team_id }) => team_id));
}

async function hasGlobalAdmin(tx: Tx): Promise<boolean> {
  const rows = await tx.execute(sql`
    select 1 from users where status = 'active' and 'admin' in (global_role, group_global_role) limit 1`);
  return rows.length > 0;
}

/**
 * Does work that takes access away from somebody, and undoes it where nobody would be left to give it back: the
 * installation keeps an admin, and a team keeps a member who may manage members (security Z6). Two such works never
 * run at once, so that neither counts on somebody whom the other demotes.
 *
 * @param teams whether teams count; ending an account must not wait for the teams it leads, whose members the
 *   admins of the installation still manage
 * @throws AppError `conflict`
 */
export async function keepingAdmins<R>(
  tx: Tx,
  work: () => Promise<R>,
  { teams = true }: { teams?: boolean } = {},
): Promise<R> {
  await lockAccess(tx);
  const before = {
    admin: await hasGlobalAdmin(tx),
    teams: teams ? await managedTeams(tx) : new Set<string>(),
  };
  const result = await work();
  if (before.admin && !(await hasGlobalAdmin(tx))) {
    throw new AppError(
      'conflict',
      'This is the last admin of the installation. Make somebody else admin first.',
    );
  }
  const after = teams ? await managedTeams(tx) : new Set<string>();
  if ([...before.teams].some((team) => !after.has(team))) {
    throw new AppError(
      'conflict',
      'Nobody in the team could manage its members any more. Give somebody else a role that can first.',
    );
  }
  return result;
}

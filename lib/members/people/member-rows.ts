import { and, eq } from 'drizzle-orm';
import type { Tx } from '#db/client.ts';
import { memberships, users } from '#db/schema/members.ts';
import type { Actor } from '#lib/access/actor.ts';
import { grantsOf } from '#lib/access/grants.ts';
import { refuseStronger } from '#lib/access/require.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { heldInScope } from '../roles/role-rows.ts';

export const noSuchMember = () => new AppError('not_found', 'There is no such member.');

/** A member of a team. @throws AppError `not_found`, for somebody of another team too */
export async function memberOf(tx: Tx, teamId: string, userId: string) {
  const [member] = await tx
    .select({ email: users.email, role: memberships.role, groupRole: memberships.groupRole })
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .where(and(eq(memberships.teamId, teamId), eq(memberships.userId, userId)));
  if (!member) throw noSuchMember();
  return member;
}

/**
 * Nobody lowers, removes or signs out a member who may do something in the team that they may not, by whatever role
 * (security Z6). @throws AppError `forbidden`
 */
export async function refuseStrongerMember(tx: Tx, actor: Actor, userId: string): Promise<void> {
  const theirs = (await grantsOf(tx, userId)).permissionsIn(actor.teamId);
  refuseStronger(await heldInScope(tx, actor, actor.teamId), theirs);
}

import { and, eq } from 'drizzle-orm';
import type { Tx } from '#db/client.ts';
import { memberships, users } from '#db/schema/members.ts';
import { AppError } from '#lib/kernel/errors.ts';

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

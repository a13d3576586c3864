import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import { memberships } from '#db/schema/members.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { endForNewRoles } from '../end-sessions.ts';
import { keepingAdmins } from '../keep-admins.ts';
import { memberOf, refuseStrongerMember } from './member-rows.ts';

/**
 * Takes somebody out of the actor's team. Their account stays; groups of the identity provider that grant a role here
 * bring them back at the next sign-in.
 *
 * @throws AppError `not_found`; `forbidden` for a member who holds more than the actor, `conflict` for the last who may
 *   manage members (security Z6)
 */
export const removeMember = defineCommand({
  name: 'members.remove',
  permission: 'members:manage',
  input: z.strictObject({ userId: z.uuid() }),
  audit: { action: 'member.remove', target: 'user' },
  async run(args) {
    const { input, actor, tx } = args;
    return keepingAdmins(tx, async () => {
      const { userId } = input;
      const { teamId } = actor;
      const { role, groupRole } = await memberOf(tx, teamId, userId);
      await refuseStrongerMember(tx, actor, userId);
      await tx.delete(memberships).where(and(eq(memberships.teamId, teamId), eq(memberships.userId, userId)));
      const sessionsEnded = await endForNewRoles(args, userId);
      return { result: { userId }, targetId: userId, before: { role, groupRole }, after: { sessionsEnded } };
    });
  },
});

import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import { memberships } from '#db/schema/members.ts';
import { effectivePermissions } from '#lib/access/permissions.ts';
import { refuseMoreThanHeld, requireRecentSignIn } from '#lib/access/require.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { endForNewRoles } from '../end-sessions.ts';
import { keepingAdmins } from '../keep-admins.ts';
import { lockOutWarning } from '../roles/lock-out.ts';
import { grantableRole, heldInScope } from '../roles/role-rows.ts';
import { memberOf, refuseStrongerMember } from './member-rows.ts';

/**
 * Gives a member another role in the actor's team; what their groups grant adds up with it. Null takes the role
 * granted by hand back where a group grants one too. They sign in again; where they cannot any more, the answer warns
 * of it.
 *
 * @throws AppError `not_found`, `forbidden` for a role that gives more than the actor holds, and for a member who
 *   holds more (security Z6); `conflict` when nobody could manage members any more, or the
 *   actor could not sign in
 */
export const changeMemberRole = defineCommand({
  name: 'members.change-role',
  permission: 'members:manage',
  input: z.strictObject({ userId: z.uuid(), role: z.string().min(1).max(64).nullable() }),
  audit: { action: 'member.change-role', target: 'user' },
  async run(args) {
    const { input, actor, tx, now } = args;
    const { userId, role } = input;
    requireRecentSignIn(actor, now);
    return keepingAdmins(tx, async () => {
      const { teamId } = actor;
      const member = await memberOf(tx, teamId, userId);
      await refuseStrongerMember(tx, actor, userId);
      const granted = role === null ? null : await grantableRole(tx, teamId, role);
      if (granted)
        refuseMoreThanHeld(await heldInScope(tx, actor, teamId), effectivePermissions([granted], []));
      if (granted === null && member.groupRole === null)
        throw new AppError(
          'conflict',
          'No group grants this person a role here. Remove them from the team instead.',
        );
      await tx
        .update(memberships)
        .set({ role })
        .where(and(eq(memberships.teamId, teamId), eq(memberships.userId, userId)));
      const warning = await lockOutWarning(tx, actor, [userId]);
      const sessionsEnded = role === member.role ? 0 : await endForNewRoles(args, userId);
      return {
        result: { userId, role, ...(warning && { warning }) },
        targetId: userId,
        before: { role: member.role },
        after: { role, ...(granted && { roleName: granted.name }), sessionsEnded },
      };
    });
  },
});

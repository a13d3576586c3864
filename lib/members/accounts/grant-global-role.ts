import { and, eq, isNull } from 'drizzle-orm';
import { z } from 'zod';
import { roles, users } from '#db/schema/members.ts';
import { effectivePermissions } from '#lib/access/permissions.ts';
import { refuseMoreThanHeld, requireRecentSignIn } from '#lib/access/require.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { endForNewRoles } from '../end-sessions.ts';
import { keepingAdmins } from '../keep-admins.ts';
import { lockOutWarning } from '../roles/lock-out.ts';
import { heldEverywhere, noSuchRole } from '../roles/role-rows.ts';
import { accountOf, refuseStrongerAccount } from './account-rows.ts';

/**
 * Grants somebody a role that holds in every team, or with null takes the one granted by hand back. They sign in
 * again; where they cannot any more, the answer warns of it.
 *
 * @throws AppError `not_found`, also for a role of a team (security Z7); `forbidden` for one that gives more than the
 *   actor holds everywhere, and for somebody who holds more (security Z6); `conflict` for the last admin,
 *   and where the actor could not sign in any more
 */
export const grantGlobalRole = defineCommand({
  name: 'accounts.grant-global-role',
  permission: 'accounts:manage',
  input: z.strictObject({ userId: z.uuid(), role: z.string().min(1).max(64).nullable() }),
  audit: { action: 'account.grant-global-role', target: 'user' },
  async run(args) {
    const { input, actor, tx, now } = args;
    const { userId, role } = input;
    requireRecentSignIn(actor, now);
    const done = await keepingAdmins(
      tx,
      async () => {
        const { globalRole } = await accountOf(tx, userId);
        await refuseStrongerAccount(tx, actor, userId);
        if (role !== null) {
          const [granted] = await tx
            .select()
            .from(roles)
            .where(and(eq(roles.id, role), isNull(roles.teamId)));
          if (!granted) throw noSuchRole();
          refuseMoreThanHeld(await heldEverywhere(tx, actor), effectivePermissions([], [granted]));
        }
        await tx.update(users).set({ globalRole: role }).where(eq(users.id, userId));
        const sessionsEnded = role === globalRole ? 0 : await endForNewRoles(args, userId);
        return {
          targetId: userId,
          before: { globalRole },
          after: { globalRole: role, sessionsEnded },
        };
      },
      { teams: false },
    );
    // After the last admin was looked for: that is the greater loss, and says so.
    const warning = await lockOutWarning(tx, actor, [userId]);
    return { ...done, result: { userId, role, ...(warning && { warning }) } };
  },
});

import { and, eq, sql } from 'drizzle-orm';
import { z } from 'zod';
import { roles } from '#db/schema/members.ts';
import { readGrants } from '#lib/access/grants.ts';
import { type Permission, permissionsOfRole } from '#lib/access/permissions.ts';
import { refuseMoreThanHeld, refuseStronger, requireRecentSignIn } from '#lib/access/require.ts';
import { type CommandArgs, defineCommand, type Outcome } from '#lib/command/define-command.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { endForNewRoles } from '../end-sessions.ts';
import { keepingAdmins } from '../keep-admins.ts';
import { lockOutWarning, roleAloneWarning } from './lock-out.ts';
import { allPermissions, roleFields, teamPermissions, versioned } from './role-input.ts';
import { customRole, heldInScope, holdersOf, refuseTakenName } from './role-rows.ts';

interface ChangedRole {
  id: string;
  version: number;
  name: string;
  description: string;
  permissions: Permission[];
}

/**
 * Does work that changes what a role holds. Whoever may do more or less by it signs in again, as with another role
 * (security A3); who holds the same by other roles goes on. Answers with how many sessions ended.
 */
async function endingSessions(
  args: Pick<CommandArgs<unknown>, 'tx' | 'now' | 'announce'>,
  roleId: string,
  work: () => Promise<void>,
): Promise<number> {
  const holders = await holdersOf(args.tx, roleId);
  const before = await readGrants(args.tx, holders);
  await work();
  let ended = 0;
  for (const [userId, grants] of await readGrants(args.tx, holders)) {
    if (!before.get(userId)?.equals(grants)) ended += await endForNewRoles(args, userId);
  }
  return ended;
}

async function update(
  args: CommandArgs<ChangedRole>,
  teamId: string | null,
): Promise<Outcome<{ id: string; version: number; warning?: string }>> {
  const { input, actor, tx, now } = args;
  requireRecentSignIn(actor, now);
  const { id, version, ...values } = input;
  return keepingAdmins(tx, async () => {
    const { name, description, permissions } = await customRole(tx, teamId, id);
    const added = values.permissions.filter((permission) => !permissions.includes(permission));
    const taken = permissionsOfRole({ id, permissions }).filter((each) => !values.permissions.includes(each));
    const held = await heldInScope(tx, actor, teamId);
    refuseMoreThanHeld(held, added);
    refuseStronger(held, taken);
    await refuseTakenName(tx, teamId, values.name, id);
    const sessionsEnded = await endingSessions(args, id, async () => {
      const updated = await tx
        .update(roles)
        .set({ ...values, version: sql`${roles.version} + 1`, updatedAt: now })
        .where(and(eq(roles.id, id), eq(roles.version, version)))
        .returning({ version: roles.version });
      if (updated.length === 0)
        throw new AppError('conflict', 'Somebody else changed this role. Reload to see the change.');
    });
    const alone = roleAloneWarning(values.permissions);
    const shut = taken.includes('sessions:start') ? await holdersOf(tx, id) : [];
    const warning = alone && ((await lockOutWarning(tx, actor, shut)) ?? alone);
    return {
      result: { id, version: version + 1, ...(warning && { warning }) },
      targetId: id,
      before: { name, description, permissions },
      after: { ...values, sessionsEnded },
    };
  });
}

/**
 * Changes a role of the actor's team. What it held may stay in it, whoever saves it; what is added, and what is taken
 * from those who have the role, must be held by the actor (security Z6). Whoever may do more or less by it signs in
 * again; the answer warns of whom it shuts out.
 *
 * @throws AppError `conflict` when `version` is no longer the one in force, or nobody could manage members any more, or the
 *   actor could not sign in
 */
export const updateTeamRole = defineCommand({
  name: 'roles.update',
  permission: 'roles:manage',
  input: z.strictObject({ ...versioned, ...roleFields, permissions: teamPermissions }),
  audit: { action: 'role.update', target: 'role' },
  run: (args) => update(args, args.actor.teamId),
});

/** Changes a role of the installation. */
export const updateGlobalRole = defineCommand({
  name: 'global-roles.update',
  permission: 'global-roles:manage',
  input: z.strictObject({ ...versioned, ...roleFields, permissions: allPermissions }),
  audit: { action: 'role.update', target: 'role' },
  run: (args) => update(args, null),
});

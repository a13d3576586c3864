import { z } from 'zod';
import { roles } from '#db/schema/members.ts';
import type { Permission } from '#lib/access/permissions.ts';
import { refuseMoreThanHeld, requireRecentSignIn } from '#lib/access/require.ts';
import { type CommandArgs, defineCommand, type Outcome } from '#lib/command/define-command.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import { roleAloneWarning } from './lock-out.ts';
import { allPermissions, roleFields, teamPermissions } from './role-input.ts';
import { heldInScope, refuseTakenName } from './role-rows.ts';

interface NewRole {
  name: string;
  description: string;
  permissions: Permission[];
}

async function create(
  { input, actor, tx, now }: CommandArgs<NewRole>,
  teamId: string | null,
): Promise<Outcome<{ id: string; version: number; warning?: string }>> {
  requireRecentSignIn(actor, now);
  refuseMoreThanHeld(await heldInScope(tx, actor, teamId), input.permissions);
  await refuseTakenName(tx, teamId, input.name, null);
  const id = uuidv7(now.getTime());
  await tx.insert(roles).values({ id, teamId, ...input, createdAt: now, updatedAt: now });
  const warning = roleAloneWarning(input.permissions);
  return { result: { id, version: 1, ...(warning && { warning }) }, targetId: id, after: { ...input } };
}

/** Makes a role of the actor's team, of nothing but what the actor holds (security Z6, Z7). */
export const createTeamRole = defineCommand({
  name: 'roles.create',
  permission: 'roles:manage',
  input: z.strictObject({ ...roleFields, permissions: teamPermissions }),
  audit: { action: 'role.create', target: 'role' },
  run: (args) => create(args, args.actor.teamId),
});

/** Makes a role of the installation, which can be granted in every team and globally. */
export const createGlobalRole = defineCommand({
  name: 'global-roles.create',
  permission: 'global-roles:manage',
  input: z.strictObject({ ...roleFields, permissions: allPermissions }),
  audit: { action: 'role.create', target: 'role' },
  run: (args) => create(args, null),
});

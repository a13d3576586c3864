import { and, eq, isNull, sql } from 'drizzle-orm';
import type { Tx } from '#db/client.ts';
import { roles } from '#db/schema/members.ts';
import { groupMappings, identityProviders, invitations } from '#db/schema/sign-in.ts';
import { permissionsOfRole } from '#lib/access/permissions.ts';
import { refuseStronger, requireRecentSignIn } from '#lib/access/require.ts';
import { type CommandArgs, defineCommand, type Outcome } from '#lib/command/define-command.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { formatPlural } from '#lib/model/format.ts';
import { keepingAdmins } from '../keep-admins.ts';
import { removal } from './role-input.ts';
import { customRole, heldInScope, holdersOf } from './role-rows.ts';

const count = sql<number>`count(*)::int`;

/** What still leads to a role, in words; empty: nothing does. */
async function usesOf(tx: Tx, id: string): Promise<string[]> {
  const people = (await holdersOf(tx, id)).length;
  const [invited] = await tx
    .select({ count })
    .from(invitations)
    .where(and(eq(invitations.role, id), isNull(invitations.acceptedAt), isNull(invitations.revokedAt)));
  const [mapped] = await tx.select({ count }).from(groupMappings).where(eq(groupMappings.role, id));
  const [defaults] = await tx
    .select({ count })
    .from(identityProviders)
    .where(eq(identityProviders.defaultRole, id));
  const uses: [number, string, string][] = [
    [people, 'person', 'people'],
    [invited?.count ?? 0, 'open invitation', 'open invitations'],
    [mapped?.count ?? 0, 'group mapping', 'group mappings'],
    [defaults?.count ?? 0, 'identity provider', 'identity providers'],
  ];
  return uses.filter(([n]) => n > 0).map(([n, one, many]) => formatPlural(n, one, many));
}

async function remove(
  { input: { id }, actor, tx, now }: CommandArgs<{ id: string }>,
  teamId: string | null,
): Promise<Outcome<{ id: string }>> {
  requireRecentSignIn(actor, now);
  return keepingAdmins(tx, async () => {
    const { name, description, permissions } = await customRole(tx, teamId, id);
    refuseStronger(await heldInScope(tx, actor, teamId), permissionsOfRole({ id, permissions }));
    const uses = await usesOf(tx, id);
    if (uses.length > 0)
      throw new AppError('conflict', `${uses.join(' and ')} still need this role. Give them another first.`);
    await tx.delete(roles).where(eq(roles.id, id));
    return { result: { id }, targetId: id, before: { name, description, permissions } };
  });
}

/**
 * Deletes a role of the actor's team that gives no more than the actor holds (security Z6).
 *
 * @throws AppError `conflict` while somebody holds it or is to get it, `forbidden`, `not_found`
 */
export const deleteTeamRole = defineCommand({
  name: 'roles.delete',
  permission: 'roles:manage',
  input: removal,
  audit: { action: 'role.delete', target: 'role' },
  run: (args) => remove(args, args.actor.teamId),
});

/** Deletes a role of the installation, under the same conditions. */
export const deleteGlobalRole = defineCommand({
  name: 'global-roles.delete',
  permission: 'global-roles:manage',
  input: removal,
  audit: { action: 'role.delete', target: 'role' },
  run: (args) => remove(args, null),
});

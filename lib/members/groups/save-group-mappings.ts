import { ne, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Tx } from '#db/client.ts';
import { users } from '#db/schema/members.ts';
import { groupMappings } from '#db/schema/sign-in.ts';
import { refuseMoreThanHeld, refuseStronger, requireRecentSignIn } from '#lib/access/require.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { type GroupMapping, groupMappingSchema } from '#lib/model/identity-provider.ts';
import { keepingAdmins } from '../keep-admins.ts';
import { applyGroupRoles, readMappings, recordRoleChanges } from './apply-group-roles.ts';
import { requireDefaultsHeld, requireRoleHeld, requireTakenHeld } from './require-role-held.ts';
import { touchedDefaults, touchedRows } from './role-of-groups.ts';

const keyOf = ({ issuer, group, teamId }: GroupMapping): string => `${teamId ?? ''} ${issuer ?? ''} ${group}`;
const lineOf = (mapping: GroupMapping): string => `${keyOf(mapping)} ${mapping.role}`;

const mappings = z
  .array(groupMappingSchema)
  .max(500, 'At most 500 groups can be mapped.')
  .superRefine((rows, check) => {
    const keys = rows.map(keyOf);
    rows.forEach((row, index) => {
      if (keys.indexOf(keyOf(row)) !== index)
        check.addIssue({
          code: 'custom',
          path: [index, 'group'],
          message: `${row.group} is mapped twice in the same place.`,
        });
    });
  });

async function replace(tx: Tx, rows: readonly GroupMapping[], now: Date): Promise<void> {
  await tx.delete(groupMappings);
  if (rows.length === 0) return;
  await tx.insert(groupMappings).values(
    rows.map(({ issuer, group, teamId, role }, position) => ({
      position,
      issuer,
      groupName: group,
      teamId,
      role,
      createdAt: now,
    })),
  );
}

/** Everybody in whom some group could have changed something. */
async function peopleWithGroups(tx: Tx): Promise<string[]> {
  const rows = await tx
    .select({ id: users.id })
    .from(users)
    .where(
      sql`${ne(users.status, 'deleted')} and (cardinality(${users.claimedGroups}) > 0
        or exists (select 1 from scim_group_members m where m.user_id = ${users.id})
        or exists (select 1 from memberships m where m.user_id = ${users.id} and m.group_role is not null)
        or ${users.groupGlobalRole} is not null)`,
    );
  return rows.map(({ id }) => id);
}

/**
 * Replaces the mapping of groups to roles, in the order given. It holds at once for the groups that are known, and
 * for everybody else at the next sign-in. The actor must hold what the touched rows give, and the default roles of
 * providers where these come or go by it.
 *
 * @throws AppError `conflict` when the mapping is no longer that of `seen`, and for the last admin; `forbidden`
 *   (security Z6)
 */
export const saveGroupMappings = defineCommand({
  name: 'group-mappings.save',
  permission: 'identity-providers:manage',
  input: z.strictObject({ mappings, seen: z.array(groupMappingSchema).max(500) }),
  audit: { action: 'group-mapping.save', target: 'group-mapping' },
  async run({ input, actor, tx, now, announce, deps }) {
    requireRecentSignIn(actor, now);
    await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended('group-mappings', 0))`);
    const before = await readMappings(tx);
    if (before.map(lineOf).join('\n') !== input.seen.map(lineOf).join('\n'))
      throw new AppError('conflict', 'Somebody else changed the mapping. Reload to see the change.');
    const { given, taken } = touchedRows(before, input.mappings);
    for (const mapping of taken) await requireTakenHeld(tx, actor, mapping);
    for (const mapping of given) await requireRoleHeld(tx, actor, mapping);
    const defaults = touchedDefaults(before, input.mappings);
    if (defaults.taken) await requireDefaultsHeld(tx, actor, refuseStronger);
    if (defaults.given) await requireDefaultsHeld(tx, actor, refuseMoreThanHeld);
    await replace(tx, input.mappings, now);
    const settle = async () => applyGroupRoles({ tx, now, announce, deps }, await peopleWithGroups(tx));
    const changes = await keepingAdmins(tx, settle, { teams: false });
    await recordRoleChanges(tx, actor, changes, now);
    return {
      result: { changed: changes.length },
      targetId: '',
      before: { mappings: before },
      after: { mappings: input.mappings },
    };
  },
});

import { and, asc, eq, sql } from 'drizzle-orm';
import { z } from 'zod';
import { memberships, roles, users } from '#db/schema/members.ts';
import type { Actor } from '#lib/access/actor.ts';
import { readGrants } from '#lib/access/grants.ts';
import { effectivePermissions, GRANTABLE, isBuiltIn, permissionsOfRole } from '#lib/access/permissions.ts';
import { holds } from '#lib/access/require.ts';
import { defineQuery } from '#lib/command/define-query.ts';
import { AppError } from '#lib/kernel/errors.ts';
import type { RoleMatrix, RolePreview, RoleView } from '#lib/model/access-view.ts';
import { grantableIn, type RoleRow } from './role-rows.ts';

function scopeOf({ id, teamId }: RoleRow): RoleView['scope'] {
  if (isBuiltIn(id)) return 'built-in';
  return teamId === null ? 'installation' : 'team';
}

function isEditable(scope: RoleView['scope'], actor: Actor): boolean {
  if (scope === 'built-in') return false;
  return holds(actor, scope === 'team' ? 'roles:manage' : 'global-roles:manage');
}

const RANKS: Record<RoleView['scope'], number> = { 'built-in': 0, installation: 1, team: 2 };

/** The roles that can be granted in the actor's team, with what each holds: the built-in ones, then custom ones. */
export const listRoles = defineQuery({
  name: 'roles.list',
  permission: 'roles:read',
  input: z.strictObject({}),
  run: async ({ actor, db }): Promise<RoleMatrix> => {
    const holders = sql<number>`(select count(*)::int from ${memberships} m
      where m.team_id = ${actor.teamId} and ${roles.id} in (m.role, m.group_role))`;
    const rows = await db
      .select({ role: roles, holders })
      .from(roles)
      .where(grantableIn(actor.teamId))
      .orderBy(asc(sql`lower(${roles.name})`), asc(roles.id));
    const views = rows.map(({ role, holders }): RoleView => {
      const scope = scopeOf(role);
      const { id, name, description, version } = role;
      const permissions = permissionsOfRole(role);
      return {
        id,
        name,
        description,
        scope,
        permissions,
        holders,
        version,
        editable: isEditable(scope, actor),
      };
    });
    return {
      permissions: GRANTABLE.map((row) => ({ ...row, held: holds(actor, row.permission) })),
      roles: views.sort((a, b) => RANKS[a.scope] - RANKS[b.scope]),
    };
  },
});

/**
 * What somebody could do in the team with a role made of these permissions, and what a member would gain and lose if
 * that were the role they hold by hand.
 */
export const previewRole = defineQuery({
  name: 'roles.preview',
  permission: 'roles:read',
  input: z.strictObject({
    permissions: z.array(z.string().max(80)).max(200),
    userId: z.uuid().nullable().default(null),
  }),
  run: async ({ input: { permissions, userId }, actor, db }): Promise<RolePreview> => {
    const draft = { id: 'draft', permissions };
    const alone = effectivePermissions([draft], []);
    const allows = GRANTABLE.map(({ permission }) => permission).filter((each) => alone.has(each));
    if (userId === null) return { allows, gains: [], loses: [] };
    const [member] = await db
      .select({ groupRole: roles })
      .from(memberships)
      .innerJoin(users, eq(users.id, memberships.userId))
      .leftJoin(roles, and(eq(roles.id, memberships.groupRole), grantableIn(actor.teamId)))
      .where(and(eq(memberships.teamId, actor.teamId), eq(memberships.userId, userId)));
    if (!member) throw new AppError('not_found', 'There is no such member.');
    const grants = (await readGrants(db, [userId])).get(userId);
    const now = grants?.permissionsIn(actor.teamId) ?? new Set();
    const kept = grants?.permissionsEverywhere ?? new Set();
    const group = member.groupRole === null ? [] : [member.groupRole];
    const then = new Set([...effectivePermissions([draft, ...group], []), ...kept]);
    const all = GRANTABLE.map(({ permission }) => permission);
    return {
      allows,
      gains: all.filter((each) => then.has(each) && !now.has(each)),
      loses: all.filter((each) => now.has(each) && !then.has(each)),
    };
  },
});

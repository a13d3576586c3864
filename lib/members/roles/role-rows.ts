/**
 * Roles: what people may be granted. Built-in ones have their permissions in code; custom ones are rows, of the
 * installation or of one team.
 *
 * This file reads and writes their rows.
 */
import { and, eq, isNull, or, type SQL, sql } from 'drizzle-orm';
import type { Reader, Tx } from '#db/client.ts';
import { memberships, roles, users } from '#db/schema/members.ts';
import type { Actor } from '#lib/access/actor.ts';
import { grantsOf } from '#lib/access/grants.ts';
import { isBuiltIn, type Permission } from '#lib/access/permissions.ts';
import { AppError } from '#lib/kernel/errors.ts';

export type RoleRow = typeof roles.$inferSelect;

export const noSuchRole = () => new AppError('not_found', 'There is no such role.');

/** Roles that can be granted in a team: those of the installation and its own (security Z7). */
export const grantableIn = (teamId: string): SQL | undefined =>
  or(isNull(roles.teamId), eq(roles.teamId, teamId));

/** Where custom roles stand: those of one team, or those of the installation. */
const ofScope = (teamId: string | null): SQL =>
  teamId === null ? isNull(roles.teamId) : eq(roles.teamId, teamId);

/** A role that can be granted in a team. @throws AppError `not_found`, for one of another team too */
export async function grantableRole(db: Reader, teamId: string, id: string): Promise<RoleRow> {
  const [role] = await db
    .select()
    .from(roles)
    .where(and(eq(roles.id, id), grantableIn(teamId)));
  if (!role) throw noSuchRole();
  return role;
}

/** A custom role of the team or, without one, of the installation. @throws AppError `not_found`, `conflict` */
export async function customRole(tx: Tx, teamId: string | null, id: string): Promise<RoleRow> {
  const [role] = await tx
    .select()
    .from(roles)
    .where(and(eq(roles.id, id), ofScope(teamId)));
  if (!role) throw noSuchRole();
  if (isBuiltIn(role.id)) throw new AppError('conflict', 'Built-in roles stay as they are.');
  return role;
}

/** What the actor holds in every team; only that may stand in what holds in every team (security Z6). */
export async function heldEverywhere(tx: Tx, actor: Actor): Promise<ReadonlySet<Permission>> {
  if (actor.kind !== 'user') throw new AppError('forbidden', 'Only people hand on roles.');
  return (await grantsOf(tx, actor.userId)).permissionsEverywhere;
}

/** What the actor holds where a role of this scope counts. */
export async function heldInScope(
  tx: Tx,
  actor: Actor,
  teamId: string | null,
): Promise<ReadonlySet<Permission>> {
  if (actor.kind !== 'user') throw new AppError('forbidden', 'Only people make roles.');
  return teamId === null ? heldEverywhere(tx, actor) : actor.permissions;
}

/** Refuses a name that a role which can be granted beside it has already. */
export async function refuseTakenName(
  tx: Tx,
  teamId: string | null,
  name: string,
  except: string | null,
): Promise<void> {
  const [taken] = await tx
    .select({ id: roles.id })
    .from(roles)
    .where(
      and(
        teamId === null ? isNull(roles.teamId) : grantableIn(teamId),
        sql`lower(${roles.name}) = lower(${name})`,
        except === null ? undefined : sql`${roles.id} <> ${except}`,
      ),
    );
  if (taken) throw new AppError('conflict', `There is a role called ${name} already.`);
}

/** Everybody who holds a role somewhere, by hand or by a group. */
export async function holdersOf(tx: Tx, id: string): Promise<string[]> {
  const inTeams = await tx
    .select({ id: memberships.userId })
    .from(memberships)
    .where(or(eq(memberships.role, id), eq(memberships.groupRole, id)));
  const globally = await tx
    .select({ id: users.id })
    .from(users)
    .where(or(eq(users.globalRole, id), eq(users.groupGlobalRole, id)));
  return [...new Set([...inTeams, ...globally].map((row) => row.id))];
}

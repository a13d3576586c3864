import { and, asc, eq, isNotNull } from 'drizzle-orm';
import type { Reader, Tx } from '#db/client.ts';
import { roles, teams } from '#db/schema/members.ts';
import { identityProviders } from '#db/schema/sign-in.ts';
import type { Actor } from '#lib/access/actor.ts';
import { grantsOf } from '#lib/access/grants.ts';
import { effectivePermissions } from '#lib/access/permissions.ts';
import { refuseMoreThanHeld, refuseStronger } from '#lib/access/require.ts';
import { AppError } from '#lib/kernel/errors.ts';
import type { GrantableRole, GroupMapping } from '#lib/model/identity-provider.ts';
import { DEFAULT_TEAM } from '../default-team.ts';
import { readMappings } from './apply-group-roles.ts';

type Mapped = Pick<GroupMapping, 'teamId' | 'role'>;

/** Every role that groups can be mapped to. */
export async function readGrantableRoles(db: Reader): Promise<GrantableRole[]> {
  const { id, name, teamId } = roles;
  return db.select({ id, name, teamId }).from(roles).orderBy(asc(teamId), asc(name));
}

/**
 * Refuses a role that gives more than the actor holds where it would be given (security Z6), or that belongs to
 * another team.
 *
 * @param refuse in what words: of handing on, or of acting on somebody stronger
 * @throws AppError `forbidden`, or `invalid` for a role that cannot be given there
 */
export async function requireRoleHeld(
  tx: Tx,
  actor: Actor,
  { teamId, role }: Mapped,
  refuse: typeof refuseStronger = refuseMoreThanHeld,
): Promise<void> {
  if (actor.kind !== 'user') throw new AppError('forbidden', 'Only people hand on roles.');
  const [row] = await tx
    .select({ id: roles.id, name: roles.name, permissions: roles.permissions, teamId: roles.teamId })
    .from(roles)
    .where(eq(roles.id, role));
  if (!row || (row.teamId !== null && row.teamId !== teamId))
    throw new AppError('invalid', 'There is no such role there.');
  const grants = await grantsOf(tx, actor.userId);
  const given = teamId === null ? effectivePermissions([], [row]) : effectivePermissions([row], []);
  refuse(teamId === null ? grants.permissionsEverywhere : grants.permissionsIn(teamId), given);
}

/**
 * Whoever takes a mapping away, or puts another before it, lowers those who have their role by it, and so must hold
 * what it gives (security Z6). @throws AppError `forbidden`
 */
export const requireTakenHeld = (tx: Tx, actor: Actor, mapping: Mapped): Promise<void> =>
  requireRoleHeld(tx, actor, mapping, refuseStronger);

/**
 * Whoever decides who is in the groups (sets up a provider, lets a client provision) could get everything that the
 * mapping gives, and so must hold it already (security Z6).
 */
export async function requireMappedHeld(tx: Tx, actor: Actor): Promise<void> {
  for (const mapping of await readMappings(tx)) await requireRoleHeld(tx, actor, mapping);
}

/**
 * Refuses whoever does not hold the default roles of providers, where these are given (security Z6).
 *
 * @param refuse in what words: of handing on, or of acting on somebody stronger
 * @param issuer of one provider; else of all
 */
export async function requireDefaultsHeld(
  tx: Tx,
  actor: Actor,
  refuse: typeof refuseStronger,
  issuer?: string,
): Promise<void> {
  const { defaultRole } = identityProviders;
  const ofProvider = issuer === undefined ? undefined : eq(identityProviders.issuer, issuer);
  const rows = await tx
    .selectDistinct({ teamId: teams.id, role: defaultRole })
    .from(identityProviders)
    .innerJoin(teams, eq(teams.slug, DEFAULT_TEAM.slug))
    .where(and(isNotNull(defaultRole), ofProvider));
  for (const { teamId, role } of rows)
    if (role !== null) await requireRoleHeld(tx, actor, { teamId, role }, refuse);
}

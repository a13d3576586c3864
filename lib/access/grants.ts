import { sql } from 'drizzle-orm';
import type { Reader } from '#db/client.ts';
import { BUILT_IN_ROLES, effectivePermissions, type Permission, type RoleDefinition } from './permissions.ts';

interface GrantedRole extends RoleDefinition {
  name: string;
}

/** The roles that a person was granted, by hand or by groups of the identity provider. */
export class Grants {
  readonly #globally: GrantedRole[] = [];
  readonly #inTeam = new Map<string, GrantedRole[]>();

  /** @param teamId null: granted in every team */
  add(teamId: string | null, role: GrantedRole): void {
    if (teamId === null) this.#globally.push(role);
    else this.#inTeam.set(teamId, [...(this.#inTeam.get(teamId) ?? []), role]);
  }

  /** Whether some role holds in every team. */
  get isGlobal(): boolean {
    return this.#globally.length > 0;
  }

  belongsTo(teamId: string): boolean {
    return this.isGlobal || this.#inTeam.has(teamId);
  }

  /** Teams in which some role was granted. */
  get teamIds(): readonly string[] {
    return [...this.#inTeam.keys()];
  }

  /** What the person may do when acting in a team; nothing where they do not belong. */
  permissionsIn(teamId: string): ReadonlySet<Permission> {
    return effectivePermissions(this.#inTeam.get(teamId) ?? [], this.#globally);
  }

  /** What the person may do in every team and to the installation, whatever roles some team adds. */
  get permissionsEverywhere(): ReadonlySet<Permission> {
    return effectivePermissions([], this.#globally);
  }

  /** Whether some role, wherever it counts, lets the person sign in. */
  get maySignIn(): boolean {
    const places = [this.permissionsEverywhere, ...this.teamIds.map((teamId) => this.permissionsIn(teamId))];
    return places.some((permissions) => permissions.has('sessions:start'));
  }

  /** Something that another may do, everywhere or in one of their teams, and this person not there; null: nothing. */
  lackingOf(other: Grants): Permission | null {
    const places = [
      [this.permissionsEverywhere, other.permissionsEverywhere] as const,
      ...other.teamIds.map((teamId) => [this.permissionsIn(teamId), other.permissionsIn(teamId)] as const),
    ];
    for (const [own, theirs] of places) for (const one of theirs) if (!own.has(one)) return one;
    return null;
  }

  /** Whether it comes to the same: the same may be done everywhere and in every team. */
  equals(other: Grants): boolean {
    return this.lackingOf(other) === null && other.lackingOf(this) === null;
  }

  /** What the console calls the roles that hold in a team: the strongest built-in one, then the custom ones. */
  labelIn(teamId: string): string {
    const held = [...this.#globally, ...(this.#inTeam.get(teamId) ?? [])];
    const strongest = BUILT_IN_ROLES.filter((role) => held.some(({ id }) => id === role)).slice(0, 1);
    const custom = held.filter(({ id }) => !BUILT_IN_ROLES.some((role) => role === id));
    return [...new Set([...strongest, ...custom.map(({ name }) => name)])].join(', ');
  }
}

/**
 * What people were granted, asked from the database every time. A role of a team counts in that team only,
 * whatever a row says. Somebody without any role is in the answer all the same, with nothing.
 *
 * @param how.byHandOnly without the roles that groups give
 */
export async function readGrants(
  db: Reader,
  userIds: readonly string[],
  { byHandOnly = false } = {},
): Promise<Map<string, Grants>> {
  const grants = new Map(userIds.map((id) => [id, new Grants()]));
  if (userIds.length === 0) return grants;
  const asked = sql`(select jsonb_array_elements_text(${JSON.stringify(userIds)}::text::jsonb)::uuid)`;
  const byGroups = byHandOnly ? sql`` : sql`, group_global_role`;
  const byTeamGroups = byHandOnly ? sql`` : sql`, group_role`;
  const rows = await db.execute<{
    user_id: string;
    team_id: string | null;
    id: string;
    name: string;
    permissions: string[];
  }>(sql`
    select distinct g.user_id, g.team_id, r.id, r.name, r.permissions from (
      select id as user_id, null::uuid as team_id, unnest(array[global_role${byGroups}]) as role
        from users where id in ${asked}
      union all
      select user_id, team_id, unnest(array[role${byTeamGroups}]) from memberships where user_id in ${asked}
    ) g join roles r on r.id = g.role and (r.team_id is null or r.team_id = g.team_id)
    order by r.id`);
  for (const { user_id, team_id, ...role } of rows) grants.get(user_id)?.add(team_id, role);
  return grants;
}

/** What one person was granted. */
export async function grantsOf(db: Reader, userId: string): Promise<Grants> {
  return (await readGrants(db, [userId])).get(userId) ?? new Grants();
}

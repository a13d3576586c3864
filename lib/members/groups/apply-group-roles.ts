import { and, asc, eq, isNull, type SQL, sql } from 'drizzle-orm';
import type { Reader, Tx } from '#db/client.ts';
import { memberships, teams, users } from '#db/schema/members.ts';
import { groupMappings } from '#db/schema/sign-in.ts';
import type { Actor } from '#lib/access/actor.ts';
import { recordAudit } from '#lib/audit/record.ts';
import type { CommandArgs } from '#lib/command/define-command.ts';
import type { GroupMapping, HeldGroup } from '#lib/model/identity-provider.ts';
import { DEFAULT_TEAM } from '../default-team.ts';
import { endForNewRoles } from '../end-sessions.ts';
import { liveIssuers } from '../providers/live-issuers.ts';
import { type GroupRoles, rolesOfGroups } from './role-of-groups.ts';

/** What groups gave a person before and give now, as the ledger holds it. */
export interface RoleChange {
  userId: string;
  before: { globalRole: string | null; teams: Readonly<Record<string, string>> };
  after: { globalRole: string | null; teams: Readonly<Record<string, string>> };
}

type PersonRow = Record<string, unknown> & {
  id: string;
  global_role: string | null;
  groups: HeldGroup[];
  teams: Record<string, string>;
  default_role: string | null;
};

/** The mapping in its order. */
export async function readMappings(db: Reader): Promise<GroupMapping[]> {
  const { issuer, groupName, teamId, role, position, id } = groupMappings;
  return db
    .select({ issuer, group: groupName, teamId, role })
    .from(groupMappings)
    .orderBy(asc(position), asc(id));
}

/**
 * People with their groups, of the last sign-in and of provisioning, and what groups give them as yet; locked. What
 * providers said that let nobody in any more does not count.
 */
async function readPeople(tx: Tx, userIds: readonly string[], live: readonly string[]): Promise<PersonRow[]> {
  const isLive = (issuer: SQL) => sql`${JSON.stringify(live)}::text::jsonb ? ${issuer}`;
  const rows = await tx.execute<PersonRow>(sql`
    select u.id, u.group_global_role as global_role,
      coalesce((
        select jsonb_agg(jsonb_build_object('issuer', u.claimed_issuer, 'name', name)) from unnest(u.claimed_groups) name
        where u.claimed_issuer is null or ${isLive(sql`u.claimed_issuer`)}), '[]') || coalesce((
        select jsonb_agg(jsonb_build_object('issuer', g.issuer, 'name', g.display_name))
        from scim_group_members m join scim_groups g on g.id = m.group_id
        where m.user_id = u.id and ${isLive(sql`g.issuer`)}), '[]') as groups,
      coalesce((
        select jsonb_object_agg(m.team_id, m.group_role) from memberships m
        where m.user_id = u.id and m.group_role is not null), '{}') as teams,
      (select p.default_role from identity_providers p
        where p.enabled and p.default_role is not null and (p.issuer = u.provisioned_issuer or exists (
          select 1 from accounts a where a.user_id = u.id and a.issuer = p.issuer))
        order by p.created_at, p.id limit 1) as default_role
    from users u
    where u.id in (select jsonb_array_elements_text(${JSON.stringify(userIds)}::text::jsonb)::uuid)
    order by u.id for update of u`);
  return [...rows];
}

async function setTeamRole(tx: Tx, userId: string, teamId: string, role: string | null, now: Date) {
  const own = and(eq(memberships.userId, userId), eq(memberships.teamId, teamId));
  if (role !== null) {
    await tx
      .insert(memberships)
      .values({ teamId, userId, groupRole: role, createdAt: now })
      .onConflictDoUpdate({ target: [memberships.teamId, memberships.userId], set: { groupRole: role } });
    return;
  }
  // The row goes with its last role; a role by hand stays.
  await tx.delete(memberships).where(and(own, isNull(memberships.role)));
  await tx.update(memberships).set({ groupRole: null }).where(own);
}

async function give(tx: Tx, person: PersonRow, wanted: GroupRoles, now: Date): Promise<RoleChange | null> {
  const { id: userId, global_role: globalRole, teams: held } = person;
  const teamIds = [...new Set([...Object.keys(held), ...wanted.teams.keys()])];
  const changed = teamIds.filter((teamId) => (held[teamId] ?? null) !== (wanted.teams.get(teamId) ?? null));
  if (changed.length === 0 && globalRole === wanted.globalRole) return null;
  for (const teamId of changed) await setTeamRole(tx, userId, teamId, wanted.teams.get(teamId) ?? null, now);
  if (globalRole !== wanted.globalRole)
    await tx.update(users).set({ groupGlobalRole: wanted.globalRole }).where(eq(users.id, userId));
  return {
    userId,
    before: { globalRole, teams: held },
    after: { globalRole: wanted.globalRole, teams: Object.fromEntries(wanted.teams) },
  };
}

/**
 * Gives people what their groups give now and takes what none gives any more (security A11). Whoever has other roles
 * by it signs in again; sockets and caches follow within 5 s. Roles granted by hand are left alone.
 */
export async function applyGroupRoles(
  { tx, now, announce, deps }: Pick<CommandArgs<unknown>, 'tx' | 'now' | 'announce' | 'deps'>,
  userIds: readonly string[],
): Promise<RoleChange[]> {
  if (userIds.length === 0) return [];
  const mappings = await readMappings(tx);
  const [team] = await tx.select({ id: teams.id }).from(teams).where(eq(teams.slug, DEFAULT_TEAM.slug));
  const live = await liveIssuers(tx, deps);
  const changes: RoleChange[] = [];
  for (const person of await readPeople(tx, userIds, live)) {
    const { default_role: role, groups } = person;
    const fallback = role !== null && team ? { teamId: team.id, role } : null;
    const change = await give(tx, person, rolesOfGroups(mappings, groups, fallback), now);
    if (!change) continue;
    changes.push(change);
    await endForNewRoles({ tx, now, announce }, change.userId);
  }
  return changes;
}

/** One row of the ledger for each person whose roles changed by an act that was about something else. */
export async function recordRoleChanges(
  tx: Tx,
  actor: Actor,
  changes: readonly RoleChange[],
  now: Date,
): Promise<void> {
  for (const { userId, before, after } of changes) {
    const target = { kind: 'user', id: userId };
    await recordAudit(tx, { actor, action: 'member.sync-groups', target, outcome: 'ok', before, after }, now);
  }
}

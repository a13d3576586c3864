/**
 * Groups of identity providers and what they give: the mapping, and the roles that follow from it at each sign-in.
 *
 * This file holds the rule.
 */
import type { GroupMapping, HeldGroup } from '#lib/model/identity-provider.ts';

/** What groups give somebody: at most one role in all teams, and at most one in each team. */
export interface GroupRoles {
  globalRole: string | null;
  /** Team id -> role id. */
  teams: ReadonlyMap<string, string>;
}

/** What is given to whom no mapping gives anything: a role in one team. */
export interface Fallback {
  teamId: string;
  role: string;
}

const matches = ({ group, issuer }: GroupMapping, held: readonly HeldGroup[]): boolean =>
  held.some(({ name, issuer: from }) => name === group && (issuer === null || issuer === from));

/**
 * The roles that groups give: for each team, and for all teams together, the first row that matches wins. A row of one
 * provider matches no group that another one names. Names are compared as they stand: two groups that differ in case
 * are two groups at most providers.
 *
 * @param mappings in their order
 */
export function rolesOfGroups(
  mappings: readonly GroupMapping[],
  groups: readonly HeldGroup[],
  fallback: Fallback | null,
): GroupRoles {
  let globalRole: string | null = null;
  const teams = new Map<string, string>();
  for (const mapping of mappings) {
    if (!matches(mapping, groups)) continue;
    const { teamId, role } = mapping;
    if (teamId === null) globalRole ??= role;
    else if (!teams.has(teamId)) teams.set(teamId, role);
  }
  if (fallback && globalRole === null && teams.size === 0) teams.set(fallback.teamId, fallback.role);
  return { globalRole, teams };
}

const isSame = (one: GroupMapping, other: GroupMapping | undefined): boolean =>
  one.group === other?.group &&
  one.issuer === other.issuer &&
  one.teamId === other.teamId &&
  one.role === other.role;

/**
 * What a change of the mapping does to those whom it gives nothing, and who have the default role of their provider: a
 * group that is mapped for the first time takes that from its people, one that is mapped nowhere any more gives it.
 */
export function touchedDefaults(before: readonly GroupMapping[], after: readonly GroupMapping[]) {
  const isMapped = (rows: readonly GroupMapping[]) => {
    const keyOf = ({ issuer, group }: GroupMapping) => `${issuer ?? ''} ${group}`;
    const groups = new Set(rows.map(keyOf));
    return (mapping: GroupMapping) => groups.has(keyOf(mapping));
  };
  return { taken: !after.every(isMapped(before)), given: !before.every(isMapped(after)) };
}

/**
 * What a change of the mapping gives and what it takes: in each team, and for all teams together, the rows from the
 * first one on that differs. Since the first row that matches wins, a row that comes takes from those below it, and one
 * that goes lets them through.
 */
export function touchedRows(before: readonly GroupMapping[], after: readonly GroupMapping[]) {
  const places = new Set([...before, ...after].map(({ teamId }) => teamId));
  const touched = [...places].map((place) => {
    const [from, to] = [before, after].map((rows) => rows.filter(({ teamId }) => teamId === place)) as [
      GroupMapping[],
      GroupMapping[],
    ];
    const kept = from.findIndex((row, index) => !isSame(row, to[index]));
    const first = kept === -1 ? from.length : kept;
    return { taken: from.slice(first), given: to.slice(first) };
  });
  return {
    taken: touched.flatMap(({ taken }) => taken),
    given: touched.flatMap(({ given }) => given),
  };
}

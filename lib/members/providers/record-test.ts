import { and, eq, inArray } from 'drizzle-orm';
import { z } from 'zod';
import type { Tx } from '#db/client.ts';
import { roles, teams } from '#db/schema/members.ts';
import { identityProviders } from '#db/schema/sign-in.ts';
import { requireRecentSignIn } from '#lib/access/require.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { AppError } from '#lib/kernel/errors.ts';
import {
  type GivenRole,
  GROUPS_FROM,
  type HeldGroup,
  type ProviderTest,
} from '#lib/model/identity-provider.ts';
import { DEFAULT_TEAM } from '../default-team.ts';
import { readMappings } from '../groups/apply-group-roles.ts';
import { type GroupRoles, rolesOfGroups } from '../groups/role-of-groups.ts';

/** As many groups of a test are kept to be looked at. */
const SHOWN_GROUPS = 200;

async function inWords(tx: Tx, { globalRole, teams: byTeam }: GroupRoles): Promise<GivenRole[]> {
  const roleIds = [...(globalRole === null ? [] : [globalRole]), ...byTeam.values()];
  if (roleIds.length === 0) return [];
  const named = await tx
    .select({ id: roles.id, name: roles.name })
    .from(roles)
    .where(inArray(roles.id, roleIds));
  const places = await tx.select({ id: teams.id, name: teams.name }).from(teams);
  const nameIn = (rows: { id: string; name: string }[], id: string) =>
    rows.find((row) => row.id === id)?.name ?? id;
  return [
    ...(globalRole === null ? [] : [{ team: null, role: nameIn(named, globalRole) }]),
    ...[...byTeam].map(([teamId, role]) => ({ team: nameIn(places, teamId), role: nameIn(named, role) })),
  ];
}

async function rolesFor(
  tx: Tx,
  groups: readonly HeldGroup[],
  defaultRole: string | null,
): Promise<GivenRole[]> {
  const [team] = await tx.select({ id: teams.id }).from(teams).where(eq(teams.slug, DEFAULT_TEAM.slug));
  const fallback = defaultRole !== null && team ? { teamId: team.id, role: defaultRole } : null;
  return inWords(tx, rolesOfGroups(await readMappings(tx), groups, fallback));
}

/**
 * Keeps what a test sign-in brought: the claims of the allow-list, the groups, and the roles that they would give. It
 * makes no account and no session. A whole one is what a provider needs before it can be enabled.
 *
 * @throws AppError `not_found`, also when the provider was changed since the test began
 */
export const recordProviderTest = defineCommand({
  name: 'identity-providers.record-test',
  permission: 'identity-providers:manage',
  input: z.strictObject({
    id: z.uuid(),
    /** Of the provider as the test began. */
    version: z.int(),
    problem: z.string().max(600).nullable(),
    claims: z.record(z.string().max(60), z.string().max(500)),
    groups: z.array(z.string().max(200)).max(1000),
    groupsFrom: z.enum(GROUPS_FROM),
  }),
  audit: { action: 'identity-provider.test', target: 'identity-provider' },
  async run({ input: { id, version, problem, claims, groups, groupsFrom }, actor, tx, now }) {
    requireRecentSignIn(actor, now);
    const own = and(eq(identityProviders.id, id), eq(identityProviders.version, version));
    const [provider] = await tx
      .select({
        slug: identityProviders.slug,
        issuer: identityProviders.issuer,
        defaultRole: identityProviders.defaultRole,
      })
      .from(identityProviders)
      .where(own)
      .for('update');
    if (!provider) throw new AppError('not_found', 'The provider was changed since. Try again.');
    const held = groups.map((name) => ({ issuer: provider.issuer, name }));
    const lastTest: ProviderTest = {
      at: now.toISOString(),
      by: actor.kind === 'user' ? actor.email : '',
      problem,
      claims,
      groups: groups.slice(0, SHOWN_GROUPS),
      groupsFrom,
      roles: problem === null ? await rolesFor(tx, held, provider.defaultRole) : [],
    };
    await tx
      .update(identityProviders)
      .set({ lastTest, testedAt: problem === null ? now : null })
      .where(own);
    return { result: { problem }, targetId: id, after: { slug: provider.slug, problem } };
  },
});

import { and, asc, eq } from 'drizzle-orm';
import { z } from 'zod';
import type { Reader } from '#db/client.ts';
import { teams } from '#db/schema/members.ts';
import { identityProviders } from '#db/schema/sign-in.ts';
import { defineQuery } from '#lib/command/define-query.ts';
import type { GrantableRole, GroupMapping, ProviderView } from '#lib/model/identity-provider.ts';
import { readMappings } from '../groups/apply-group-roles.ts';
import { readGrantableRoles } from '../groups/require-role-held.ts';

export type ProviderRow = typeof identityProviders.$inferSelect;

/** A provider by the name that stands in its addresses, with its secret sealed; for the sign-in alone. */
export async function findProviderBySlug(db: Reader, slug: string): Promise<ProviderRow | null> {
  const [row] = await db.select().from(identityProviders).where(eq(identityProviders.slug, slug));
  return row ?? null;
}

/** The enabled provider behind an issuer. */
export async function findProviderByIssuer(db: Reader, issuer: string): Promise<ProviderRow | null> {
  const { enabled, createdAt } = identityProviders;
  const [row] = await db
    .select()
    .from(identityProviders)
    .where(and(eq(identityProviders.issuer, issuer), eq(enabled, true)))
    .orderBy(asc(createdAt))
    .limit(1);
  return row ?? null;
}

/** What the sign-in page offers, in the order they were set up. */
export async function listSignInProviders(
  db: Reader,
): Promise<{ slug: string; name: string; issuer: string }[]> {
  const { slug, name, issuer, enabled, createdAt } = identityProviders;
  return db
    .select({ slug, name, issuer })
    .from(identityProviders)
    .where(eq(enabled, true))
    .orderBy(asc(createdAt));
}

type StoredView = Omit<ProviderView, 'callbackAddress' | 'signedOutAddress' | 'backChannelAddress'>;

/** Everything but the secret. */
const SHOWN = {
  id: identityProviders.id,
  slug: identityProviders.slug,
  name: identityProviders.name,
  issuer: identityProviders.issuer,
  clientId: identityProviders.clientId,
  scopes: identityProviders.scopes,
  groupsClaim: identityProviders.groupsClaim,
  defaultRole: identityProviders.defaultRole,
  signsOutThere: identityProviders.signsOutThere,
  trustsAddresses: identityProviders.trustsAddresses,
  enabled: identityProviders.enabled,
  testedAt: identityProviders.testedAt,
  lastTest: identityProviders.lastTest,
  version: identityProviders.version,
};

export interface SignOnSettings {
  providers: StoredView[];
  mappings: GroupMapping[];
  roles: GrantableRole[];
  teams: { id: string; name: string }[];
}

/** Providers (without their secrets), the mapping of groups, and what can be chosen for both. */
export const getSignOnSettings = defineQuery({
  name: 'identity-providers.settings',
  permission: 'identity-providers:manage',
  input: z.strictObject({}),
  async run({ db }): Promise<SignOnSettings> {
    return {
      providers: await db.select(SHOWN).from(identityProviders).orderBy(asc(identityProviders.createdAt)),
      mappings: await readMappings(db),
      roles: await readGrantableRoles(db),
      teams: await db.select({ id: teams.id, name: teams.name }).from(teams).orderBy(asc(teams.name)),
    };
  },
});

import { z } from 'zod';

/** Slugs that stand for something else in the addresses of the sign-in. */
const RESERVED_SLUGS = ['oidc', 'credentials', 'email'];

const groupName = z.string().trim().min(1, 'Name the group as the provider sends it.').max(200);
const roleId = z.string().min(1).max(64);

/** What an admin types about a provider; the secret goes in and never comes out. */
export const providerInputSchema = z.strictObject({
  name: z.string().trim().min(1, 'Give the provider a name: it stands on the button.').max(60),
  issuer: z.url('This is no web address.').max(500),
  clientId: z.string().trim().min(1, 'The client id is missing.').max(255),
  scopes: z
    .string()
    .trim()
    .max(300)
    .regex(
      /^[\x21\x23-\x5b\x5d-\x7e]+( [\x21\x23-\x5b\x5d-\x7e]+)*$/,
      'Write scopes with one space between them.',
    )
    .refine((text) => text.split(' ').includes('openid'), 'The scope openid is needed.'),
  groupsClaim: z.string().trim().min(1, 'Name the claim that lists groups.').max(100),
  defaultRole: roleId.nullable(),
  signsOutThere: z.boolean(),
  trustsAddresses: z.boolean(),
});
export type ProviderInput = z.output<typeof providerInputSchema>;

export const providerSlugSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'Use small letters, digits and hyphens.')
  .refine((slug) => !RESERVED_SLUGS.includes(slug), 'This name is taken by the sign-in itself.');

export const clientSecretSchema = z.string().min(1, 'The client secret is missing.').max(1000);

/** Group of a provider (null: of any), as it or its provisioning client names it -> role, in a team or (null) in all. */
export const groupMappingSchema = z.strictObject({
  issuer: z.url().max(500).nullable(),
  group: groupName,
  teamId: z.uuid().nullable(),
  role: roleId,
});
export type GroupMapping = z.output<typeof groupMappingSchema>;

/** A group that somebody is in, with the provider that says so; null: not known any more. */
export interface HeldGroup {
  issuer: string | null;
  name: string;
}

/** A role that groups give, in words. */
export interface GivenRole {
  /** Null: in every team. */
  team: string | null;
  role: string;
}

/** Where a provider named the groups of somebody: `elsewhere` is a pointer in place of the list. */
export const GROUPS_FROM = ['id-token', 'userinfo', 'elsewhere', 'nowhere'] as const;
export type GroupsFrom = (typeof GROUPS_FROM)[number];

/** What a test sign-in brought: claims of an allow-list, never a token. */
export interface ProviderTest {
  /** ISO 8601. */
  at: string;
  /** Address of the admin who tried. */
  by: string;
  /** What was wrong, in words; null when it came back whole. */
  problem: string | null;
  claims: Readonly<Record<string, string>>;
  groups: readonly string[];
  /** Missing in tests of before it was kept. */
  groupsFrom?: GroupsFrom;
  roles: readonly GivenRole[];
}

/** A provider as settings pages show it. */
export interface ProviderView extends ProviderInput {
  id: string;
  slug: string;
  enabled: boolean;
  testedAt: Date | null;
  lastTest: ProviderTest | null;
  version: number;
  /** What the provider must be told: where it sends people back to, and whom it tells of a sign-out. */
  callbackAddress: string;
  signedOutAddress: string;
  backChannelAddress: string;
}

/** A role that can be granted in a team (null: in all of them), for a choice. */
export interface GrantableRole {
  id: string;
  name: string;
  teamId: string | null;
}

/** A token of a provisioning client; of the token itself only its last four characters. */
export interface ScimTokenView {
  id: string;
  name: string;
  issuer: string;
  lastFour: string;
  createdAt: Date;
  expiresAt: Date;
  /** Null: of somebody who is gone. */
  createdByEmail: string | null;
  lastUsedAt: Date | null;
  revokedAt: Date | null;
}

/** An identity at a provider that opens the account of the person who looks. */
export interface LinkedIdentity {
  issuer: string;
  subject: string;
  createdAt: Date;
}

export interface IdentityView extends LinkedIdentity {
  /** Name of the provider; null when it is not set up any more. */
  providerName: string | null;
}

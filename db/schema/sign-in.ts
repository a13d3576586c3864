import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import type { ProviderTest } from '#lib/model/identity-provider.ts';
import { bytea } from './bytea.ts';
import { createdAt, id, time } from './columns.ts';
import { roles, teams, users } from './members.ts';

/** How people prove who they are beside a password, and how they come in: second factors, invitations, providers. */

/** One-time codes for somebody without their authenticator; stored as SHA-256 of the high-entropy code. */
export const recoveryCodes = pgTable(
  'recovery_codes',
  {
    codeHash: bytea('code_hash').primaryKey(),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    createdAt: createdAt(),
    usedAt: time('used_at'),
  },
  (t) => [index('recovery_codes_user_idx').on(t.userId)],
);

/** Passkeys (WebAuthn credentials). */
export const passkeys = pgTable(
  'passkeys',
  {
    id: id(),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    credentialId: bytea('credential_id').notNull(),
    /** COSE key. */
    publicKey: bytea('public_key').notNull(),
    counter: bigint('counter', { mode: 'number' }).notNull(),
    transports: text('transports').array().notNull().default(sql`'{}'`),
    isBackedUp: boolean('is_backed_up').notNull().default(false),
    name: text('name').notNull(),
    createdAt: createdAt(),
    lastUsedAt: time('last_used_at'),
  },
  (t) => [uniqueIndex('passkeys_credential_key').on(t.credentialId), index('passkeys_user_idx').on(t.userId)],
);

/**
 * Something that was begun and is to be proven within minutes: a password that was right and wants its second
 * factor, or the challenge of a passkey. Single use.
 */
export const signInChallenges = pgTable(
  'sign_in_challenges',
  {
    tokenHash: bytea('token_hash').primaryKey(),
    kind: text('kind', { enum: ['second-factor', 'passkey-sign-in', 'passkey-registration'] }).notNull(),
    /** Null where a passkey will say who it is. */
    userId: uuid('user_id').references(() => users.id, { onDelete: 'cascade' }),
    /** What a passkey signs. */
    challenge: text('challenge'),
    attempts: integer('attempts').notNull().default(0),
    createdAt: createdAt(),
    expiresAt: time('expires_at').notNull(),
    usedAt: time('used_at'),
  },
  (t) => [
    index('sign_in_challenges_expires_idx').on(t.expiresAt),
    check(
      'sign_in_challenges_kind_known',
      sql`${t.kind} in ('second-factor', 'passkey-sign-in', 'passkey-registration')`,
    ),
  ],
);

/** Links that let somebody set a new password, sent by mail; single use. */
export const passwordResets = pgTable(
  'password_resets',
  {
    tokenHash: bytea('token_hash').primaryKey(),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    createdAt: createdAt(),
    expiresAt: time('expires_at').notNull(),
    usedAt: time('used_at'),
  },
  (t) => [index('password_resets_user_idx').on(t.userId)],
);

/** Invitations into a team by e-mail; the link works once. */
export const invitations = pgTable(
  'invitations',
  {
    id: id(),
    teamId: uuid('team_id')
      .notNull()
      .references(() => teams.id, { onDelete: 'cascade' }),
    email: text('email').notNull(),
    role: text('role')
      .notNull()
      .references(() => roles.id, { onDelete: 'cascade' }),
    tokenHash: bytea('token_hash').notNull(),
    invitedBy: uuid('invited_by').references(() => users.id, { onDelete: 'set null' }),
    createdAt: createdAt(),
    expiresAt: time('expires_at').notNull(),
    acceptedAt: time('accepted_at'),
    revokedAt: time('revoked_at'),
  },
  (t) => [
    uniqueIndex('invitations_token_key').on(t.tokenHash),
    uniqueIndex('invitations_open_key')
      .on(t.teamId, t.email)
      .where(sql`${t.acceptedAt} is null and ${t.revokedAt} is null`),
  ],
);

/** OpenID Connect providers that admins set up in the console. */
export const identityProviders = pgTable(
  'identity_providers',
  {
    id: id(),
    /** Stands in addresses: /api/auth/callback/<slug>. */
    slug: text('slug').notNull(),
    name: text('name').notNull(),
    issuer: text('issuer').notNull(),
    clientId: text('client_id').notNull(),
    /** Sealed; never shown again. */
    clientSecret: text('client_secret').notNull(),
    scopes: text('scopes').notNull().default('openid email profile'),
    /** Claim of the id token that lists groups. */
    groupsClaim: text('groups_claim').notNull().default('groups'),
    /** Role in the default team of whom no mapping gives one; null: nobody comes in without a mapping. */
    defaultRole: text('default_role').references(() => roles.id, { onDelete: 'restrict' }),
    enabled: boolean('enabled').notNull().default(false),
    /** Signing out here signs out at the provider too (RP-initiated logout). */
    signsOutThere: boolean('signs_out_there').notNull().default(false),
    /** Its addresses count as somebody's own, whether or not it says that it verified them. */
    trustsAddresses: boolean('trusts_addresses').notNull().default(false),
    /** When a test sign-in last came back whole. */
    testedAt: time('tested_at'),
    /** What the last test sign-in brought, whole or not (lib/model/identity-provider.ts). */
    lastTest: jsonb('last_test').$type<ProviderTest>(),
    version: integer('version').notNull().default(1),
    createdAt: createdAt(),
    updatedAt: time('updated_at').notNull().defaultNow(),
  },
  (t) => [
    uniqueIndex('identity_providers_slug_key').on(t.slug),
    uniqueIndex('identity_providers_issuer_key').on(t.issuer, t.clientId),
    check('identity_providers_slug_form', sql`${t.slug} ~ '^[a-z0-9][a-z0-9-]{0,62}$'`),
  ],
);

/** Group of a provider, as it or its provisioning client names it -> role; for each team the first row that matches wins. */
export const groupMappings = pgTable(
  'group_mappings',
  {
    id: id(),
    position: integer('position').notNull(),
    groupName: text('group_name').notNull(),
    /** Issuer of the provider whose group it is; null: of any. */
    issuer: text('issuer'),
    /** Null: the role holds in every team. */
    teamId: uuid('team_id').references(() => teams.id, { onDelete: 'cascade' }),
    role: text('role')
      .notNull()
      .references(() => roles.id, { onDelete: 'cascade' }),
    createdAt: createdAt(),
  },
  (t) => [
    uniqueIndex('group_mappings_key').on(
      t.groupName,
      sql`coalesce(${t.issuer}, '')`,
      sql`coalesce(${t.teamId}, '00000000-0000-0000-0000-000000000000')`,
    ),
  ],
);

/** Bearer tokens of provisioning clients (SCIM 2.0). */
export const scimTokens = pgTable(
  'scim_tokens',
  {
    id: id(),
    name: text('name').notNull(),
    /** The provider whose people it keeps. */
    issuer: text('issuer').notNull(),
    tokenHash: bytea('token_hash').notNull(),
    lastFour: text('last_four').notNull(),
    createdBy: uuid('created_by').references(() => users.id, { onDelete: 'set null' }),
    createdAt: createdAt(),
    expiresAt: time('expires_at').notNull(),
    lastUsedAt: time('last_used_at'),
    revokedAt: time('revoked_at'),
    /** As of API keys: of the days before its end at which people are told, those of the last time. */
    endToldDays: integer('end_told_days'),
  },
  (t) => [uniqueIndex('scim_tokens_hash_key').on(t.tokenHash)],
);

/** Groups as the provisioning client keeps them; what they grant stands in the group mappings. */
export const scimGroups = pgTable(
  'scim_groups',
  {
    id: id(),
    issuer: text('issuer').notNull(),
    displayName: text('display_name').notNull(),
    externalId: text('external_id'),
    createdAt: createdAt(),
    updatedAt: time('updated_at').notNull().defaultNow(),
  },
  (t) => [uniqueIndex('scim_groups_name_key').on(t.issuer, sql`lower(${t.displayName})`)],
);

export const scimGroupMembers = pgTable(
  'scim_group_members',
  {
    groupId: uuid('group_id')
      .notNull()
      .references(() => scimGroups.id, { onDelete: 'cascade' }),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
  },
  (t) => [primaryKey({ columns: [t.groupId, t.userId] }), index('scim_group_members_user_idx').on(t.userId)],
);

/** Settings of the installation that admins change while it runs, one row a section (lib/settings). */
export const installationSettings = pgTable('installation_settings', {
  /** `feature-flags`, `rate-limits`, `mail-server`, ... */
  section: text('section').primaryKey(),
  /** As its schema says; secrets in it are sealed. */
  value: jsonb('value').$type<Record<string, unknown>>().notNull(),
  version: integer('version').notNull().default(1),
  updatedBy: uuid('updated_by').references(() => users.id, { onDelete: 'set null' }),
  updatedAt: time('updated_at').notNull().defaultNow(),
});

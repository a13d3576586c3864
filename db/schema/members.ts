import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { bytea } from './bytea.ts';
import { createdAt, id, time } from './columns.ts';

/** Teams own everything else: every row of the product carries the id of one. */
export const teams = pgTable(
  'teams',
  {
    id: id(),
    slug: text('slug').notNull(),
    name: text('name').notNull(),
    /** Prompts, completions and tool arguments are dropped at ingest unless this is on. */
    contentCapture: boolean('content_capture').notNull().default(false),
    rawRetentionDays: integer('raw_retention_days'),
    spanRetentionDays: integer('span_retention_days').notNull().default(14),
    logRetentionDays: integer('log_retention_days').notNull().default(7),
    createdAt: createdAt(),
  },
  (t) => [
    uniqueIndex('teams_slug_key').on(t.slug),
    check('teams_slug_form', sql`${t.slug} ~ '^[a-z0-9][a-z0-9-]{0,62}$'`),
  ],
);

/** The team that a row belongs to; it goes with the team. */
export const team = () =>
  uuid('team_id')
    .notNull()
    .references(() => teams.id, { onDelete: 'cascade' });

/**
 * Roles: the three built-in ones stand here by name and have their permissions in code; custom ones are made of
 * permissions of the table, of the whole installation or of one team.
 */
export const roles = pgTable(
  'roles',
  {
    /** `admin`, `developer`, `viewer`, or a UUIDv7 as text. */
    id: text('id').primaryKey(),
    /** Null: of the installation, to be granted in every team and globally. */
    teamId: uuid('team_id').references(() => teams.id, { onDelete: 'cascade' }),
    name: text('name').notNull(),
    description: text('description').notNull().default(''),
    /** Empty for built-in roles. What the table in code does not know is granted to nobody. */
    permissions: text('permissions').array().notNull().default(sql`'{}'`),
    version: integer('version').notNull().default(1),
    createdAt: createdAt(),
    updatedAt: time('updated_at').notNull().defaultNow(),
  },
  (t) => [
    uniqueIndex('roles_name_key').on(
      sql`coalesce(${t.teamId}, '00000000-0000-0000-0000-000000000000')`,
      sql`lower(${t.name})`,
    ),
  ],
);

export const users = pgTable(
  'users',
  {
    id: id(),
    /** Lower-cased and Unicode-normalised before it is written. */
    email: text('email').notNull(),
    emailVerifiedAt: time('email_verified_at'),
    name: text('name').notNull().default(''),
    image: text('image'),
    /** scrypt, see lib/members/credentials/password.ts; null for people who sign in through a provider only. */
    passwordHash: text('password_hash'),
    passwordChangedAt: time('password_changed_at'),
    /** `deleted` keeps the row as the name behind the ledger's ids, without contact data (security U13). */
    status: text('status', { enum: ['active', 'disabled', 'deleted'] })
      .notNull()
      .default('active'),
    /** Who switched a disabled account off: what an admin did no directory takes back. Null: not known. */
    disabledBy: text('disabled_by', { enum: ['admin', 'directory'] }),
    /** A role that holds in every team, granted by hand. */
    globalRole: text('global_role').references(() => roles.id, { onDelete: 'restrict' }),
    /** The same, as the groups of the identity provider say; set anew at each sign-in (security A11). */
    groupGlobalRole: text('group_global_role').references(() => roles.id, { onDelete: 'restrict' }),
    /** IANA zone; null: the one of the browser. */
    timeZone: text('time_zone'),
    theme: text('theme', { enum: ['system', 'light', 'dark'] }),
    /** Sealed secret of the authenticator app; in force only with `totpConfirmedAt`. */
    totpSecret: text('totp_secret'),
    totpConfirmedAt: time('totp_confirmed_at'),
    /** Time step of the last code taken, so that none is taken twice. */
    totpLastStep: bigint('totp_last_step', { mode: 'number' }),
    /** What the provisioning client of the identity provider calls this person. */
    scimExternalId: text('scim_external_id'),
    /** Made and kept by provisioning (SCIM). */
    isProvisioned: boolean('is_provisioned').notNull().default(false),
    /** Issuer of the provider whose provisioning client made this person; only it may link them at first sign-in. */
    provisionedIssuer: text('provisioned_issuer'),
    /** Groups that the provider named at the last sign-in through one. */
    claimedGroups: text('claimed_groups').array().notNull().default(sql`'{}'`),
    /** Issuer of that provider; null: groups of before it was kept. */
    claimedIssuer: text('claimed_issuer'),
    lastSignInAt: time('last_sign_in_at'),
    createdAt: createdAt(),
  },
  (t) => [
    uniqueIndex('users_email_key').on(t.email),
    check('users_status_known', sql`${t.status} in ('active', 'disabled', 'deleted')`),
    check('users_disabled_by_known', sql`${t.disabledBy} in ('admin', 'directory')`),
    check('users_theme_known', sql`${t.theme} in ('system', 'light', 'dark')`),
    uniqueIndex('users_provisioned_key').on(t.provisionedIssuer, t.scimExternalId),
    index('users_global_role_idx').on(t.globalRole),
    index('users_group_global_role_idx').on(t.groupGlobalRole),
  ],
);

export const memberships = pgTable(
  'memberships',
  {
    teamId: uuid('team_id')
      .notNull()
      .references(() => teams.id, { onDelete: 'cascade' }),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    /** Granted by hand. */
    role: text('role').references(() => roles.id, { onDelete: 'restrict' }),
    /** Granted by groups of the identity provider, set anew at each sign-in; both add up. */
    groupRole: text('group_role').references(() => roles.id, { onDelete: 'restrict' }),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.teamId, t.userId] }),
    index('memberships_user_idx').on(t.userId),
    index('memberships_role_idx').on(t.role),
    index('memberships_group_role_idx').on(t.groupRole),
    check('memberships_role_granted', sql`num_nonnulls(${t.role}, ${t.groupRole}) > 0`),
  ],
);

/** Identities at providers, keyed by (issuer, subject), never by e-mail (security A9). */
export const accounts = pgTable(
  'accounts',
  {
    issuer: text('issuer').notNull(),
    subject: text('subject').notNull(),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.issuer, t.subject] }), index('accounts_user_idx').on(t.userId)],
);

/** Web sessions; the cookie's token is stored as its SHA-256 only. */
export const sessions = pgTable(
  'sessions',
  {
    id: id(),
    tokenHash: bytea('token_hash').notNull(),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    createdAt: createdAt(),
    /**
     * When the person last proved who they are, which is before the sign-in where a provider remembered them; null where
     * a provider does not say (security A16).
     */
    provedAt: time('proved_at'),
    lastSeenAt: time('last_seen_at').notNull().defaultNow(),
    idleExpiresAt: time('idle_expires_at').notNull(),
    expiresAt: time('expires_at').notNull(),
    revokedAt: time('revoked_at'),
    /** Why it was ended, where the sign-in page says more than that it was. */
    revokedFor: text('revoked_for', { enum: ['new-roles'] }),
    ip: text('ip'),
    userAgent: text('user_agent'),
    /** Issuer of the provider that vouched for it; null for other ways to sign in. */
    issuer: text('issuer'),
    /** What that provider calls its own session (claim `sid`), for its sign-out. */
    issuerSessionId: text('issuer_session_id'),
    /** Its id token, sealed: the hint by which it signs somebody out. Only where signing out here does so there. */
    issuerIdToken: text('issuer_id_token'),
  },
  (t) => [
    uniqueIndex('sessions_token_hash_key').on(t.tokenHash),
    index('sessions_user_idx').on(t.userId, t.expiresAt),
    index('sessions_expires_idx').on(t.expiresAt),
  ],
);

/** The one-time link that makes the first admin (security A13). */
export const setupTokens = pgTable('setup_tokens', {
  tokenHash: bytea('token_hash').primaryKey(),
  createdAt: createdAt(),
  expiresAt: time('expires_at').notNull(),
  usedAt: time('used_at'),
});

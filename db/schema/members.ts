import { sql } from 'drizzle-orm';
import {
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
    status: text('status', { enum: ['active', 'disabled'] })
      .notNull()
      .default('active'),
    /** A role that holds in every team. */
    globalRole: text('global_role', { enum: ['admin', 'developer', 'viewer'] }),
    lastSignInAt: time('last_sign_in_at'),
    createdAt: createdAt(),
  },
  (t) => [
    uniqueIndex('users_email_key').on(t.email),
    check('users_status_known', sql`${t.status} in ('active', 'disabled')`),
    check('users_global_role_known', sql`${t.globalRole} in ('admin', 'developer', 'viewer')`),
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
    role: text('role', { enum: ['admin', 'developer', 'viewer'] }).notNull(),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.teamId, t.userId] }),
    index('memberships_user_idx').on(t.userId),
    check('memberships_role_known', sql`${t.role} in ('admin', 'developer', 'viewer')`),
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
    lastSeenAt: time('last_seen_at').notNull().defaultNow(),
    idleExpiresAt: time('idle_expires_at').notNull(),
    expiresAt: time('expires_at').notNull(),
    revokedAt: time('revoked_at'),
    ip: text('ip'),
    userAgent: text('user_agent'),
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

import { sql } from 'drizzle-orm';
import { check, index, integer, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { bytea } from './bytea.ts';
import { createdAt, id, time } from './columns.ts';
import { teams, users } from './members.ts';

/** API keys: only the SHA-256 of the high-entropy key is stored (security P1). */
export const apiKeys = pgTable(
  'api_keys',
  {
    id: id(),
    teamId: uuid('team_id')
      .notNull()
      .references(() => teams.id, { onDelete: 'cascade' }),
    name: text('name').notNull(),
    keyHash: bytea('key_hash').notNull(),
    /** Last four characters, the only part that is ever shown again. */
    lastFour: text('last_four').notNull(),
    scopes: text('scopes').array().notNull(),
    createdBy: uuid('created_by').references(() => users.id, { onDelete: 'set null' }),
    createdAt: createdAt(),
    expiresAt: time('expires_at'),
    lastUsedAt: time('last_used_at'),
    lastUsedIp: text('last_used_ip'),
    /** CIDRs that the key may be used from; empty: from anywhere. */
    allowedRanges: text('allowed_ranges').array().notNull().default(sql`'{}'`),
    /** The key that this one takes the place of; that one ends when their overlap is over. */
    rotatedFrom: uuid('rotated_from'),
    revokedAt: time('revoked_at'),
    /** Of the days before its end at which people are told, those of the last time; null: nobody was told yet. */
    endToldDays: integer('end_told_days'),
  },
  (t) => [
    uniqueIndex('api_keys_hash_key').on(t.keyHash),
    index('api_keys_team_idx').on(t.teamId, t.createdAt),
    check(
      'api_keys_scopes_known',
      sql`${t.scopes} <@ array['ingest','read','write']::text[] and cardinality(${t.scopes}) > 0`,
    ),
  ],
);

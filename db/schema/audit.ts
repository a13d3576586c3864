import { sql } from 'drizzle-orm';
import {
  bigint,
  check,
  index,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { bytea } from './bytea.ts';
import { time } from './columns.ts';

/**
 * The ledger: one hash chain a team, append-only by grant and trigger (security U1 to U3). It keeps no
 * foreign keys, so that deleting what it speaks of never touches it.
 */
export const auditLog = pgTable(
  'audit_log',
  {
    teamId: uuid('team_id').notNull(),
    seq: bigint('seq', { mode: 'number' }).notNull(),
    at: time('at').notNull(),
    action: text('action').notNull(),
    actorKind: text('actor_kind', { enum: ['user', 'key', 'system', 'anonymous'] }).notNull(),
    actorId: text('actor_id').notNull(),
    actorName: text('actor_name').notNull(),
    targetKind: text('target_kind').notNull(),
    targetId: text('target_id').notNull(),
    outcome: text('outcome', { enum: ['ok', 'denied', 'failed'] }).notNull(),
    ip: text('ip'),
    userAgent: text('user_agent'),
    requestId: text('request_id').notNull(),
    /** `{ before, after }` of the fields that changed, secrets removed. */
    details: jsonb('details').$type<Record<string, unknown>>().notNull(),
    previousHash: bytea('previous_hash').notNull(),
    hash: bytea('hash').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.teamId, t.seq] }),
    index('audit_log_time_idx').on(t.teamId, t.at),
    index('audit_log_target_idx').on(t.teamId, t.targetKind, t.targetId),
  ],
);

/**
 * Stretches of ledgers that were taken into a file, oldest first and without gaps; append-only as the ledger is. Only
 * whole ones are ever removed from it (security U6), and what follows is verified against their ends.
 */
export const auditSegments = pgTable(
  'audit_segments',
  {
    teamId: uuid('team_id').notNull(),
    fromSeq: bigint('from_seq', { mode: 'number' }).notNull(),
    toSeq: bigint('to_seq', { mode: 'number' }).notNull(),
    /** Of the first row; the `last_hash` of the segment before. */
    previousHash: bytea('previous_hash').notNull(),
    /** Of the last row. */
    lastHash: bytea('last_hash').notNull(),
    /** Below the directory of the archive. */
    file: text('file').notNull(),
    /** SHA-256 of its lines, before they are compressed. */
    sha256: bytea('sha256').notNull(),
    archivedAt: time('archived_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.teamId, t.toSeq] }),
    uniqueIndex('audit_segments_from_idx').on(t.teamId, t.fromSeq),
    check('audit_segments_range', sql`${t.fromSeq} >= 1 and ${t.toSeq} >= ${t.fromSeq}`),
  ],
);

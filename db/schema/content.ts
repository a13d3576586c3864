import { sql } from 'drizzle-orm';
import { bigint, boolean, check, index, integer, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { createdAt, id, time } from './columns.ts';
import { teams } from './members.ts';

/** What of prompts and completions is never stored, although a team keeps content. */
export const redactionRules = pgTable(
  'redaction_rules',
  {
    id: id(),
    teamId: uuid('team_id')
      .notNull()
      .references(() => teams.id, { onDelete: 'cascade' }),
    name: text('name').notNull(),
    /** `pattern` is a regular expression (RE2); the others are built in. */
    kind: text('kind', { enum: ['pattern', 'email', 'phone', 'card', 'secret'] }).notNull(),
    pattern: text('pattern'),
    replacement: text('replacement').notNull().default('[redacted]'),
    enabled: boolean('enabled').notNull().default(true),
    position: integer('position').notNull().default(0),
    version: integer('version').notNull().default(1),
    createdAt: createdAt(),
    updatedAt: time('updated_at').notNull().defaultNow(),
  },
  (t) => [
    index('redaction_rules_team_idx').on(t.teamId, t.position),
    check('redaction_rules_kind_known', sql`${t.kind} in ('pattern', 'email', 'phone', 'card', 'secret')`),
    check('redaction_rules_pattern', sql`(${t.kind} = 'pattern') = (${t.pattern} is not null)`),
  ],
);

/** Erasures of stored content: what is asked for, and how far the worker is with it. */
export const contentErasures = pgTable(
  'content_erasures',
  {
    id: id(),
    teamId: uuid('team_id')
      .notNull()
      .references(() => teams.id, { onDelete: 'cascade' }),
    kind: text('kind', { enum: ['agent', 'conversation', 'user'] }).notNull(),
    /** The agent's id, the conversation's or the person's; forgotten with the last walk, but for agents. */
    criterion: text('criterion'),
    /** What it is called where the ledger and people read of it: the agent's name, else a hash. */
    label: text('label').notNull(),
    status: text('status', { enum: ['waiting', 'running', 'watching', 'done', 'stopped'] })
      .notNull()
      .default('waiting'),
    requestedBy: text('requested_by').notNull(),
    /** Who has to be allowed it at every step; null: asked for before that was kept. */
    requestedById: uuid('requested_by_id'),
    /** When its next walk may begin: what arrives late is found by walking again. */
    dueAt: time('due_at').notNull().defaultNow(),
    /** Where the hour by hour walk is; null before it began. */
    position: time('position'),
    startAt: time('start_at'),
    /** What was stored until then is erased. */
    endAt: time('end_at').notNull(),
    spans: bigint('spans', { mode: 'number' }).notNull().default(0),
    logs: bigint('logs', { mode: 'number' }).notNull().default(0),
    createdAt: createdAt(),
    /** When the first walk was through. */
    finishedAt: time('finished_at'),
  },
  (t) => [
    index('content_erasures_open_idx').on(t.dueAt).where(sql`${t.status} not in ('done', 'stopped')`),
    index('content_erasures_team_idx').on(t.teamId, t.createdAt),
    check('content_erasures_kind_known', sql`${t.kind} in ('agent', 'conversation', 'user')`),
    check(
      'content_erasures_status_known',
      sql`${t.status} in ('waiting', 'running', 'watching', 'done', 'stopped')`,
    ),
  ],
);

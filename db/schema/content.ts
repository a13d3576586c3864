import { sql } from 'drizzle-orm';
import { boolean, check, index, integer, pgTable, text, uuid } from 'drizzle-orm/pg-core';
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

import { jsonb, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import type { QueryTemplate } from '#lib/model/gate-source.ts';
import { createdAt, id, time } from './columns.ts';
import { teams } from './members.ts';

/** Prometheus servers that gates ask, with the questions that admins wrote for them. */
export const gateSources = pgTable(
  'gate_sources',
  {
    id: id(),
    teamId: uuid('team_id')
      .notNull()
      .references(() => teams.id, { onDelete: 'cascade' }),
    name: text('name').notNull(),
    url: text('url').notNull(),
    /** The header that it is entered with, sealed by the secret box. */
    sealedAuthorization: text('sealed_authorization'),
    templates: jsonb('templates').$type<QueryTemplate[]>().notNull().default([]),
    createdAt: createdAt(),
    updatedAt: time('updated_at').notNull().defaultNow(),
  },
  (t) => [uniqueIndex('gate_sources_name_key').on(t.teamId, t.name)],
);

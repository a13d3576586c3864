import { sql } from 'drizzle-orm';
import { check, index, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { agents } from './agents.ts';
import { createdAt, id, time } from './columns.ts';
import { teams, users } from './members.ts';

/** Versions of an agent as they were shipped. */
export const deployments = pgTable(
  'deployments',
  {
    id: id(),
    teamId: uuid('team_id')
      .notNull()
      .references(() => teams.id, { onDelete: 'cascade' }),
    agentId: uuid('agent_id')
      .notNull()
      .references(() => agents.id, { onDelete: 'cascade' }),
    version: text('version').notNull(),
    status: text('status', {
      enum: ['pending', 'in_progress', 'completed', 'failed', 'rolled_back'],
    }).notNull(),
    requestedBy: uuid('requested_by').references(() => users.id, { onDelete: 'set null' }),
    startedAt: time('started_at'),
    finishedAt: time('finished_at'),
    createdAt: createdAt(),
  },
  (t) => [
    index('deployments_agent_idx').on(t.agentId, t.createdAt),
    index('deployments_team_status_idx').on(t.teamId, t.status),
    check(
      'deployments_status_known',
      sql`${t.status} in ('pending','in_progress','completed','failed','rolled_back')`,
    ),
  ],
);

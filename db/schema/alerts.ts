import { sql } from 'drizzle-orm';
import { check, index, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { agents } from './agents.ts';
import { createdAt, id, time } from './columns.ts';
import { teams, users } from './members.ts';

/** Alerts: what a rule or an outside sender found. */
export const alerts = pgTable(
  'alerts',
  {
    id: id(),
    teamId: uuid('team_id')
      .notNull()
      .references(() => teams.id, { onDelete: 'cascade' }),
    agentId: uuid('agent_id').references(() => agents.id, { onDelete: 'set null' }),
    severity: text('severity', { enum: ['info', 'warning', 'error', 'critical'] }).notNull(),
    status: text('status', { enum: ['active', 'acknowledged', 'resolved'] })
      .notNull()
      .default('active'),
    title: text('title').notNull(),
    message: text('message').notNull().default(''),
    acknowledgedBy: uuid('acknowledged_by').references(() => users.id, { onDelete: 'set null' }),
    acknowledgedAt: time('acknowledged_at'),
    resolvedAt: time('resolved_at'),
    createdAt: createdAt(),
  },
  (t) => [
    index('alerts_severity_status_idx').on(t.teamId, t.severity, t.status),
    index('alerts_created_idx').on(t.teamId, t.createdAt),
    index('alerts_agent_idx').on(t.agentId, t.createdAt),
    check('alerts_severity_known', sql`${t.severity} in ('info','warning','error','critical')`),
    check('alerts_status_known', sql`${t.status} in ('active','acknowledged','resolved')`),
  ],
);

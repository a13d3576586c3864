import { sql } from 'drizzle-orm';
import { check, index, integer, jsonb, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { AGENT_STATUSES } from '#lib/model/agent.ts';
import { createdAt, id, oneOf, time } from './columns.ts';
import { teams, users } from './members.ts';

/** Agents: discovered by their telemetry or made by hand. */
export const agents = pgTable(
  'agents',
  {
    id: id(),
    teamId: uuid('team_id')
      .notNull()
      .references(() => teams.id, { onDelete: 'cascade' }),
    name: text('name').notNull(),
    environment: text('environment').notNull().default('default'),
    serviceNamespace: text('service_namespace').notNull().default(''),
    type: text('type').notNull().default('agent'),
    description: text('description').notNull().default(''),
    source: text('source', { enum: ['discovered', 'manual'] }).notNull(),
    status: text('status', { enum: AGENT_STATUSES }).notNull().default('running'),
    /** The status in words: why it is what it is. */
    statusReason: text('status_reason').notNull().default(''),
    statusSince: time('status_since').notNull().defaultNow(),
    ownerId: uuid('owner_id').references(() => users.id, { onDelete: 'set null' }),
    /** Version, framework and SDK as its telemetry says. */
    version: text('version'),
    convention: text('convention'),
    config: jsonb('config').$type<Record<string, unknown>>().notNull().default({}),
    metadata: jsonb('metadata').$type<Record<string, unknown>>().notNull().default({}),
    kubernetesNamespace: text('kubernetes_namespace'),
    kubernetesDeployment: text('kubernetes_deployment'),
    replicas: integer('replicas').notNull().default(1),
    cpuLimit: text('cpu_limit'),
    memoryLimit: text('memory_limit'),
    healthUrl: text('health_url'),
    controlUrl: text('control_url'),
    /** Signing secret of the control URL, sealed by the secret box. */
    controlSecret: text('control_secret'),
    healthIntervalSeconds: integer('health_interval_seconds'),
    healthTimeoutSeconds: integer('health_timeout_seconds'),
    lastHealthCheckAt: time('last_health_check_at'),
    lastTelemetryAt: time('last_telemetry_at'),
    /** Set while a start or stop waits for telemetry or the probe to confirm it. */
    desiredState: text('desired_state', { enum: ['running', 'stopped'] }),
    desiredSince: time('desired_since'),
    /** Who asked for it, so that the right is checked again when it is carried out (security Z13). */
    desiredBy: jsonb('desired_by').$type<{ kind: 'user' | 'key'; id: string }>(),
    /** The request to the control URL: its id stays the same when it is sent again. */
    controlRequestId: uuid('control_request_id'),
    controlAttempts: integer('control_attempts').notNull().default(0),
    controlSentAt: time('control_sent_at'),
    controlAcceptedAt: time('control_accepted_at'),
    /** What the health loop remembers from one check to the next; see lib/agents/health-memory.ts. */
    health: jsonb('health').$type<Record<string, unknown>>().notNull().default({}),
    createdAt: createdAt(),
    updatedAt: time('updated_at').notNull().defaultNow(),
    deletedAt: time('deleted_at'),
  },
  (t) => [
    uniqueIndex('agents_identity_key').on(t.teamId, t.environment, t.serviceNamespace, t.name),
    index('agents_owner_status_idx').on(t.ownerId, t.status),
    index('agents_team_status_idx').on(t.teamId, t.status),
    index('agents_created_idx').on(t.teamId, t.createdAt),
    index('agents_desired_idx').on(t.desiredSince).where(sql`${t.desiredState} is not null`),
    check('agents_status_known', oneOf('status', AGENT_STATUSES)),
    check('agents_replicas_range', sql`${t.replicas} between 0 and 1000`),
  ],
);

/** Every change of the version that an agent's telemetry names. */
export const agentVersionChanges = pgTable(
  'agent_version_changes',
  {
    id: id(),
    teamId: uuid('team_id')
      .notNull()
      .references(() => teams.id, { onDelete: 'cascade' }),
    agentId: uuid('agent_id')
      .notNull()
      .references(() => agents.id, { onDelete: 'cascade' }),
    fromVersion: text('from_version').notNull(),
    toVersion: text('to_version').notNull(),
    at: time('at').notNull().defaultNow(),
  },
  (t) => [
    index('agent_version_changes_agent_idx').on(t.agentId, t.at),
    check('agent_version_changes_change', sql`${t.fromVersion} <> ${t.toVersion}`),
  ],
);

/** Named filters and orders of the list of agents, each of one person in one team. */
export const agentViews = pgTable(
  'agent_views',
  {
    id: id(),
    teamId: uuid('team_id')
      .notNull()
      .references(() => teams.id, { onDelete: 'cascade' }),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    name: text('name').notNull(),
    /** Search parameters of the list, as they stand in its address. */
    query: text('query').notNull(),
    createdAt: time('created_at').notNull().defaultNow(),
  },
  (t) => [uniqueIndex('agent_views_name_key').on(t.teamId, t.userId, t.name)],
);

/** Every change of an agent's status with its reason, exactly once. */
export const agentTransitions = pgTable(
  'agent_transitions',
  {
    id: id(),
    teamId: uuid('team_id')
      .notNull()
      .references(() => teams.id, { onDelete: 'cascade' }),
    agentId: uuid('agent_id')
      .notNull()
      .references(() => agents.id, { onDelete: 'cascade' }),
    fromStatus: text('from_status', { enum: AGENT_STATUSES }).notNull(),
    toStatus: text('to_status', { enum: AGENT_STATUSES }).notNull(),
    reason: text('reason').notNull(),
    /** The signals that decided: seconds since telemetry, probe result, error rate. */
    signals: jsonb('signals').$type<Record<string, unknown>>().notNull().default({}),
    at: time('at').notNull().defaultNow(),
    /** When it went out on the event bus; a worker that dies in between leaves it to the next one. */
    announcedAt: time('announced_at'),
  },
  (t) => [
    index('agent_transitions_unannounced_idx').on(t.id).where(sql`${t.announcedAt} is null`),
    index('agent_transitions_agent_idx').on(t.agentId, t.at),
    index('agent_transitions_team_idx').on(t.teamId, t.at),
    check('agent_transitions_change', sql`${t.fromStatus} <> ${t.toStatus}`),
  ],
);

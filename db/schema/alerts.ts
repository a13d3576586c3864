import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import {
  ALERT_SOURCES,
  ALERT_STATUSES,
  type LabelMatcher,
  type Labels,
  SEVERITIES,
} from '#lib/model/alert.ts';
import { agents } from './agents.ts';
import { createdAt, id, time } from './columns.ts';
import { team, teams, users } from './members.ts';

/**
 * Alerts: one row an occurrence of what a rule or an outside sender found. While one is not resolved, what
 * comes with the same fingerprint updates it; afterwards it is a new row (alerting S65, S77).
 */
export const alerts = pgTable(
  'alerts',
  {
    id: id(),
    teamId: team(),
    source: text('source', { enum: ALERT_SOURCES }).notNull(),
    /** The rule, the integration or the part of Pitwall that found it. */
    sourceId: text('source_id').notNull(),
    /** SHA-256 of the sorted labels, hexadecimal: the identity within its source. */
    fingerprint: text('fingerprint').notNull(),
    labels: jsonb('labels').$type<Labels>().notNull().default({}),
    annotations: jsonb('annotations').$type<Record<string, string>>().notNull().default({}),
    agentId: uuid('agent_id').references(() => agents.id, { onDelete: 'set null' }),
    severity: text('severity', { enum: SEVERITIES }).notNull(),
    status: text('status', { enum: ALERT_STATUSES }).notNull().default('active'),
    title: text('title').notNull(),
    message: text('message').notNull().default(''),
    value: doublePrecision('value'),
    generatorUrl: text('generator_url'),
    runbookUrl: text('runbook_url'),
    /** When it began to fire (alerting S6). */
    startsAt: time('starts_at').notNull(),
    /** When its sender says it ends; `endsByTimeout` when only silence would end it (alerting S61). */
    endsAt: time('ends_at'),
    endsByTimeout: boolean('ends_by_timeout').notNull().default(false),
    lastReceivedAt: time('last_received_at').notNull().defaultNow(),
    acknowledgedBy: uuid('acknowledged_by').references(() => users.id, { onDelete: 'set null' }),
    acknowledgedAt: time('acknowledged_at'),
    /** After this an acknowledged alert is active again, where its team wants that (alerting S78). */
    acknowledgementExpiresAt: time('acknowledgement_expires_at'),
    assigneeId: uuid('assignee_id').references(() => users.id, { onDelete: 'set null' }),
    snoozedUntil: time('snoozed_until'),
    resolvedBy: uuid('resolved_by').references(() => users.id, { onDelete: 'set null' }),
    resolvedAt: time('resolved_at'),
    resolveReason: text('resolve_reason'),
    /** The occurrence that was reopened as this one. */
    reopenedFrom: uuid('reopened_from'),
    flapping: boolean('flapping').notNull().default(false),
    /** What keeps it quiet: `{ kind: 'silence' | 'maintenance' | 'inhibition', id, name }`. */
    suppressedBy: jsonb('suppressed_by')
      .$type<{ kind: string; id: string; name: string }[]>()
      .notNull()
      .default([]),
    /** What a person said of its worth. */
    feedback: text('feedback', { enum: ['useful', 'noise'] }),
    feedbackReason: text('feedback_reason'),
    /** Grows with every change; browsers use it to notice what they missed. */
    version: bigint('version', { mode: 'number' }).notNull().default(1),
    createdAt: createdAt(),
    updatedAt: time('updated_at').notNull().defaultNow(),
  },
  (t) => [
    uniqueIndex('alerts_open_key')
      .on(t.teamId, t.source, t.sourceId, t.fingerprint)
      .where(sql`${t.status} <> 'resolved'`),
    index('alerts_severity_status_idx').on(t.teamId, t.severity, t.status),
    index('alerts_status_idx').on(t.teamId, t.status, t.id),
    index('alerts_created_idx').on(t.teamId, t.createdAt),
    index('alerts_agent_idx').on(t.agentId, t.createdAt),
    index('alerts_source_idx').on(t.source, t.sourceId, t.fingerprint),
    index('alerts_ends_idx').on(t.endsAt).where(sql`${t.status} <> 'resolved' and ${t.endsAt} is not null`),
    index('alerts_timers_idx')
      .on(t.acknowledgementExpiresAt)
      .where(sql`${t.acknowledgementExpiresAt} is not null`),
    index('alerts_snoozed_idx').on(t.snoozedUntil).where(sql`${t.snoozedUntil} is not null`),
    check('alerts_severity_known', sql`${t.severity} in ('info','warning','error','critical')`),
    check('alerts_status_known', sql`${t.status} in ('active','acknowledged','resolved')`),
    check('alerts_source_known', sql`${t.source} in ('rule','integration','system')`),
  ],
);

/** The timeline of an alert: everything that happened to it, who did it and from where. */
export const alertEvents = pgTable(
  'alert_events',
  {
    id: id(),
    teamId: team(),
    alertId: uuid('alert_id')
      .notNull()
      .references(() => alerts.id, { onDelete: 'cascade' }),
    /** See lib/alerts/timeline.ts for the kinds. */
    kind: text('kind').notNull(),
    at: time('at').notNull().defaultNow(),
    actorKind: text('actor_kind', { enum: ['user', 'key', 'system'] }).notNull(),
    actorId: text('actor_id').notNull(),
    actorName: text('actor_name').notNull(),
    /** The door it came through: `web`, `push`, `link`, `api`, `slack`, `rule`, ... */
    via: text('via').notNull(),
    note: text('note').notNull().default(''),
    details: jsonb('details').$type<Record<string, unknown>>().notNull().default({}),
  },
  (t) => [
    index('alert_events_alert_idx').on(t.alertId, t.at, t.id),
    index('alert_events_team_idx').on(t.teamId, t.at),
  ],
);

/** Who may send to the Alertmanager API: one row and one secret a sending system (alerting S59). */
export const alertIntegrations = pgTable(
  'alert_integrations',
  {
    id: id(),
    teamId: team(),
    name: text('name').notNull(),
    /** SHA-256 of the secret, hexadecimal. */
    secretHash: text('secret_hash').notNull(),
    /** Milliseconds after which an alert without an end resolves when nobody repeats it. */
    resolveTimeoutMs: integer('resolve_timeout_ms').notNull().default(300_000),
    /** Open alerts of one alertname at most (alerting S70). */
    maxPerAlertname: integer('max_per_alertname').notNull().default(1000),
    lastReceivedAt: time('last_received_at'),
    createdBy: uuid('created_by').references(() => users.id, { onDelete: 'set null' }),
    createdAt: createdAt(),
    revokedAt: time('revoked_at'),
  },
  (t) => [
    uniqueIndex('alert_integrations_secret_key').on(t.secretHash),
    index('alert_integrations_team_idx').on(t.teamId, t.createdAt),
  ],
);

/** What is muted by hand until a moment. Changed matchers make a new row that replaces the old (alerting S51). */
export const silences = pgTable(
  'silences',
  {
    id: id(),
    teamId: team(),
    matchers: jsonb('matchers').$type<LabelMatcher[]>().notNull(),
    startsAt: time('starts_at').notNull(),
    endsAt: time('ends_at').notNull(),
    comment: text('comment').notNull().default(''),
    createdBy: uuid('created_by').references(() => users.id, { onDelete: 'set null' }),
    createdByName: text('created_by_name').notNull(),
    replaces: uuid('replaces'),
    createdAt: createdAt(),
    updatedAt: time('updated_at').notNull().defaultNow(),
  },
  (t) => [
    index('silences_team_idx').on(t.teamId, t.endsAt),
    check('silences_order', sql`${t.endsAt} >= ${t.startsAt}`),
  ],
);

/** Planned quiet, once or again and again, in a named time zone (alerting S56 to S58). */
export const maintenanceWindows = pgTable(
  'maintenance_windows',
  {
    id: id(),
    teamId: team(),
    name: text('name').notNull(),
    matchers: jsonb('matchers').$type<LabelMatcher[]>().notNull(),
    timeZone: text('time_zone').notNull(),
    /** One of once or recurring; see lib/alerts/maintenance for its shape. */
    when: jsonb('when').$type<Record<string, unknown>>().notNull(),
    enabled: boolean('enabled').notNull().default(true),
    createdBy: uuid('created_by').references(() => users.id, { onDelete: 'set null' }),
    createdAt: createdAt(),
    updatedAt: time('updated_at').notNull().defaultNow(),
  },
  (t) => [index('maintenance_windows_team_idx').on(t.teamId)],
);

/** A firing source keeps its targets quiet where the `equal` labels are equal (alerting S54). */
export const inhibitionRules = pgTable(
  'inhibition_rules',
  {
    id: id(),
    teamId: team(),
    name: text('name').notNull(),
    source: jsonb('source').$type<LabelMatcher[]>().notNull(),
    target: jsonb('target').$type<LabelMatcher[]>().notNull(),
    equal: jsonb('equal').$type<string[]>().notNull().default([]),
    createdAt: createdAt(),
  },
  (t) => [index('inhibition_rules_team_idx').on(t.teamId)],
);

/** How a team wants its alerts handled. */
export const alertSettings = pgTable('alert_settings', {
  teamId: uuid('team_id')
    .primaryKey()
    .references(() => teams.id, { onDelete: 'cascade' }),
  /** Null: an acknowledgement never expires. */
  acknowledgementTimeoutMs: integer('acknowledgement_timeout_ms'),
  /** What kept alerts quiet when all open ones were last looked at; empty: they are to be looked at again. */
  muteSignature: text('mute_signature').notNull().default(''),
  /** Set when the starter rules were put in place, so that deleted ones stay deleted. */
  starterPackAt: time('starter_pack_at'),
});

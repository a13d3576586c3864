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
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { INSTANCE_KINDS, INSTANCE_STATES, type Labels, RULE_TYPES, SEVERITIES } from '#lib/model/alert.ts';
import { agents } from './agents.ts';
import { alerts } from './alerts.ts';
import { createdAt, id, time } from './columns.ts';
import { teams, users } from './members.ts';

/** Alert rules, with the claim and the health of their evaluation. */
export const alertRules = pgTable(
  'alert_rules',
  {
    id: id(),
    teamId: uuid('team_id')
      .notNull()
      .references(() => teams.id, { onDelete: 'cascade' }),
    name: text('name').notNull(),
    type: text('type', { enum: RULE_TYPES }).notNull(),
    /** Everything that decides, as lib/model/alert-rule.ts says; kept whole in every version. */
    definition: jsonb('definition').$type<Record<string, unknown>>().notNull(),
    version: integer('version').notNull().default(1),
    enabled: boolean('enabled').notNull().default(true),
    createdBy: uuid('created_by').references(() => users.id, { onDelete: 'set null' }),
    createdAt: createdAt(),
    updatedAt: time('updated_at').notNull().defaultNow(),
    deletedAt: time('deleted_at'),
    /** Seconds between two slots of the grid, and the phase of this rule in it (alerting S22). */
    intervalSeconds: integer('interval_seconds').notNull(),
    offsetMs: integer('offset_ms').notNull().default(0),
    /** The slot that is to be evaluated next; claimed with `for update skip locked` (alerting S24). */
    nextSlotAt: time('next_slot_at').notNull().defaultNow(),
    lastSlotAt: time('last_slot_at'),
    missedSlots: bigint('missed_slots', { mode: 'number' }).notNull().default(0),
    health: text('health', { enum: ['ok', 'error', 'learning', 'unknown'] })
      .notNull()
      .default('unknown'),
    healthReason: text('health_reason').notNull().default(''),
    /** Who evaluates now; a claim whose time is over may be taken, and its token no longer counts. */
    leaseToken: bigint('lease_token', { mode: 'number' }).notNull().default(0),
    leaseUntil: time('lease_until'),
  },
  (t) => [
    uniqueIndex('alert_rules_name_key').on(t.teamId, t.name).where(sql`${t.deletedAt} is null`),
    index('alert_rules_due_idx').on(t.nextSlotAt).where(sql`${t.enabled} and ${t.deletedAt} is null`),
    check('alert_rules_interval', sql`${t.intervalSeconds} between 1 and 86400`),
  ],
);

/** Every version a rule ever had. */
export const alertRuleVersions = pgTable(
  'alert_rule_versions',
  {
    ruleId: uuid('rule_id')
      .notNull()
      .references(() => alertRules.id, { onDelete: 'cascade' }),
    version: integer('version').notNull(),
    name: text('name').notNull(),
    definition: jsonb('definition').$type<Record<string, unknown>>().notNull(),
    enabled: boolean('enabled').notNull(),
    changedByName: text('changed_by_name').notNull(),
    at: time('at').notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.ruleId, t.version] })],
);

/** Instances of rules that are not normal: one row a rule, kind and label set. */
export const alertInstances = pgTable(
  'alert_instances',
  {
    ruleId: uuid('rule_id')
      .notNull()
      .references(() => alertRules.id, { onDelete: 'cascade' }),
    fingerprint: text('fingerprint').notNull(),
    teamId: uuid('team_id')
      .notNull()
      .references(() => teams.id, { onDelete: 'cascade' }),
    kind: text('kind', { enum: INSTANCE_KINDS }).notNull().default('data'),
    state: text('state', { enum: INSTANCE_STATES }).notNull(),
    severity: text('severity', { enum: SEVERITIES }).notNull(),
    labels: jsonb('labels').$type<Labels>().notNull(),
    agentId: uuid('agent_id').references(() => agents.id, { onDelete: 'cascade' }),
    value: doublePrecision('value'),
    /** The threshold that the value was beyond when it last was: the rule may have been changed since (alerting S11). */
    threshold: doublePrecision('threshold'),
    /** First breaching evaluation of this stretch, and the one at which it fired. */
    activeAt: time('active_at').notNull(),
    firedAt: time('fired_at'),
    /** First clear evaluation since the last breach (alerting S5). */
    clearSince: time('clear_since'),
    lastEvaluatedAt: time('last_evaluated_at').notNull(),
    /** Evaluations in which this series was absent while others reported (alerting S18). */
    missed: integer('missed').notNull().default(0),
    alertId: uuid('alert_id').references(() => alerts.id, { onDelete: 'set null' }),
  },
  (t) => [
    primaryKey({ columns: [t.ruleId, t.fingerprint] }),
    index('alert_instances_team_idx').on(t.teamId, t.state),
    index('alert_instances_agent_idx').on(t.agentId),
  ],
);

/** Every change of an instance's state with its reason, at the time of the evaluation. */
export const alertTransitions = pgTable(
  'alert_transitions',
  {
    id: id(),
    teamId: uuid('team_id')
      .notNull()
      .references(() => teams.id, { onDelete: 'cascade' }),
    ruleId: uuid('rule_id')
      .notNull()
      .references(() => alertRules.id, { onDelete: 'cascade' }),
    ruleVersion: integer('rule_version').notNull(),
    fingerprint: text('fingerprint').notNull(),
    labels: jsonb('labels').$type<Labels>().notNull(),
    alertId: uuid('alert_id').references(() => alerts.id, { onDelete: 'set null' }),
    fromState: text('from_state').notNull(),
    toState: text('to_state').notNull(),
    severity: text('severity', { enum: SEVERITIES }).notNull(),
    reason: text('reason').notNull(),
    value: doublePrecision('value'),
    at: time('at').notNull(),
  },
  (t) => [
    index('alert_transitions_rule_idx').on(t.ruleId, t.at),
    index('alert_transitions_alert_idx').on(t.alertId),
  ],
);

/** Shards of series for the extra evaluation at each tick: owned by one worker while its lease lasts. */
export const evaluationShards = pgTable('evaluation_shards', {
  shard: integer('shard').primaryKey(),
  owner: text('owner').notNull().default(''),
  /** Grows with every change of owner; what was decided under an older one is not written. */
  token: bigint('token', { mode: 'number' }).notNull().default(0),
  leaseUntil: time('lease_until'),
});

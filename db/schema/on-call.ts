import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  index,
  integer,
  jsonb,
  pgTable,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { alerts } from './alerts.ts';
import { createdAt, id, time } from './columns.ts';
import { team, users } from './members.ts';

/** Who carries the pager: layers of rotations in one time zone. */
export const schedules = pgTable(
  'schedules',
  {
    id: id(),
    teamId: team(),
    name: text('name').notNull(),
    timeZone: text('time_zone').notNull(),
    /** Rotations, the later above the earlier; lib/model/on-call.ts says their shape. */
    rotations: jsonb('rotations').$type<unknown[]>().notNull().default([]),
    /** SHA-256 of the secret part of its iCal address, hexadecimal; null while there is none. */
    calendarTokenHash: text('calendar_token_hash'),
    createdAt: createdAt(),
    updatedAt: time('updated_at').notNull().defaultNow(),
    deletedAt: time('deleted_at'),
  },
  (t) => [
    uniqueIndex('schedules_name_key').on(t.teamId, t.name).where(sql`${t.deletedAt} is null`),
    uniqueIndex('schedules_calendar_key').on(t.calendarTokenHash),
  ],
);

/** Stretches that stand above the rotations: `override` above `temporary` (alerting S84). */
export const scheduleOverrides = pgTable(
  'schedule_overrides',
  {
    id: id(),
    teamId: team(),
    scheduleId: uuid('schedule_id')
      .notNull()
      .references(() => schedules.id, { onDelete: 'cascade' }),
    kind: text('kind', { enum: ['override', 'temporary'] }).notNull(),
    /** Null: nobody is on call in this stretch. */
    userId: uuid('user_id').references(() => users.id, { onDelete: 'cascade' }),
    /** Whom it stands in for; null: for whoever it is. */
    replacesUserId: uuid('replaces_user_id').references(() => users.id, { onDelete: 'cascade' }),
    startsAt: time('starts_at').notNull(),
    endsAt: time('ends_at').notNull(),
    createdBy: uuid('created_by').references(() => users.id, { onDelete: 'set null' }),
    createdAt: createdAt(),
  },
  (t) => [
    index('schedule_overrides_idx').on(t.scheduleId, t.endsAt),
    check('schedule_overrides_order', sql`${t.endsAt} > ${t.startsAt}`),
  ],
);

/** What happens while nobody answers: steps, their delays and how often all of it repeats. */
export const escalationPolicies = pgTable(
  'escalation_policies',
  {
    id: id(),
    teamId: team(),
    name: text('name').notNull(),
    /** Steps in order; lib/model/on-call.ts says their shape. */
    steps: jsonb('steps').$type<unknown[]>().notNull(),
    /** How often the steps are gone through again; -1: until somebody answers (alerting S79). */
    repeat: integer('repeat').notNull().default(0),
    createdAt: createdAt(),
    updatedAt: time('updated_at').notNull().defaultNow(),
    deletedAt: time('deleted_at'),
  },
  (t) => [
    uniqueIndex('escalation_policies_name_key').on(t.teamId, t.name).where(sql`${t.deletedAt} is null`),
    check('escalation_policies_repeat', sql`${t.repeat} between -1 and 20`),
  ],
);

/** Where one alert stands in its policy. */
export const escalations = pgTable(
  'escalations',
  {
    alertId: uuid('alert_id')
      .primaryKey()
      .references(() => alerts.id, { onDelete: 'cascade' }),
    teamId: team(),
    policyId: uuid('policy_id')
      .notNull()
      .references(() => escalationPolicies.id, { onDelete: 'cascade' }),
    state: text('state', { enum: ['running', 'stopped', 'exhausted'] })
      .notNull()
      .default('running'),
    /** The step that is entered next, and how many times the policy has begun again. */
    step: integer('step').notNull().default(0),
    loop: integer('loop').notNull().default(0),
    nextAt: time('next_at'),
    /** What `nextAt` is: the end of a delay, or the start of the hours of a paused step (alerting S81). */
    waitsFor: text('waits_for', { enum: ['delay', 'hours'] })
      .notNull()
      .default('delay'),
    /** `generation.loop.step` that was entered last, and whether anybody was reached since the policy began. */
    entered: text('entered'),
    reached: boolean('reached').notNull().default(false),
    stopReason: text('stop_reason'),
    /** Grows with each start, so that what an earlier one left behind can be told apart. */
    generation: bigint('generation', { mode: 'number' }).notNull().default(1),
    updatedAt: time('updated_at').notNull().defaultNow(),
  },
  (t) => [
    index('escalations_due_idx').on(t.nextAt).where(sql`${t.state} = 'running'`),
    index('escalations_policy_idx').on(t.policyId),
  ],
);

/** Personal steps that are to come: one row a person, alert, entered step and notification rule. */
export const pages = pgTable(
  'pages',
  {
    id: id(),
    teamId: team(),
    alertId: uuid('alert_id')
      .notNull()
      .references(() => alerts.id, { onDelete: 'cascade' }),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    /** Generation, loop and step of the escalation that caused it: the same page is never made twice. */
    cause: text('cause').notNull(),
    contactMethodId: uuid('contact_method_id'),
    dueAt: time('due_at').notNull(),
    state: text('state', { enum: ['waiting', 'handed_over', 'cancelled'] })
      .notNull()
      .default('waiting'),
    cancelReason: text('cancel_reason'),
    notificationId: uuid('notification_id'),
    createdAt: createdAt(),
  },
  (t) => [
    uniqueIndex('pages_once_key').on(t.alertId, t.userId, t.cause, t.contactMethodId, t.dueAt),
    index('pages_due_idx').on(t.dueAt).where(sql`${t.state} = 'waiting'`),
    index('pages_alert_idx').on(t.alertId),
  ],
);

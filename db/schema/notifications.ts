import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import {
  CHANNEL_KINDS,
  type LabelMatcher,
  type Labels,
  NOTIFICATION_STATUSES,
  type NotifyReason,
} from '#lib/model/alert.ts';
import { alerts } from './alerts.ts';
import { createdAt, id, time } from './columns.ts';
import { team, users } from './members.ts';
import { escalationPolicies } from './on-call.ts';

/** Places of a team that messages go to. */
export const notificationChannels = pgTable(
  'notification_channels',
  {
    id: id(),
    teamId: team(),
    kind: text('kind', { enum: CHANNEL_KINDS }).notNull(),
    name: text('name').notNull(),
    /** What may be seen: addresses without their secrets. */
    settings: jsonb('settings').$type<Record<string, unknown>>().notNull().default({}),
    /** Addresses with secrets in them, keys: sealed by the secret box, never shown again. */
    sealedSettings: text('sealed_settings'),
    sendResolved: boolean('send_resolved').notNull().default(true),
    status: text('status', { enum: ['ok', 'broken'] })
      .notNull()
      .default('ok'),
    statusReason: text('status_reason').notNull().default(''),
    /** Permanent failures in a row (alerting S92). */
    failures: integer('failures').notNull().default(0),
    brokenAt: time('broken_at'),
    createdBy: uuid('created_by').references(() => users.id, { onDelete: 'set null' }),
    createdAt: createdAt(),
    updatedAt: time('updated_at').notNull().defaultNow(),
    deletedAt: time('deleted_at'),
  },
  (t) => [
    uniqueIndex('notification_channels_name_key').on(t.teamId, t.name).where(sql`${t.deletedAt} is null`),
  ],
);

/** Ways to reach a person. A `push` method stands for all devices of the person. */
export const contactMethods = pgTable(
  'contact_methods',
  {
    id: id(),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    kind: text('kind', { enum: ['email', 'push', 'webhook'] }).notNull(),
    name: text('name').notNull(),
    address: text('address').notNull().default(''),
    sealedSettings: text('sealed_settings'),
    createdAt: createdAt(),
  },
  (t) => [uniqueIndex('contact_methods_key').on(t.userId, t.kind, t.address)],
);

/** When a person is told by which way: minutes after the page began (alerting S74, S87). */
export const personalNotificationRules = pgTable(
  'personal_notification_rules',
  {
    id: id(),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    /** `urgent` for error and critical alerts, `default` for the others. */
    importance: text('importance', { enum: ['default', 'urgent'] }).notNull(),
    delayMinutes: integer('delay_minutes').notNull(),
    contactMethodId: uuid('contact_method_id')
      .notNull()
      .references(() => contactMethods.id, { onDelete: 'cascade' }),
  },
  (t) => [
    uniqueIndex('personal_notification_rules_key').on(
      t.userId,
      t.importance,
      t.delayMinutes,
      t.contactMethodId,
    ),
    check('personal_notification_rules_delay', sql`${t.delayMinutes} between 0 and 1440`),
  ],
);

/** Browsers that take web push. */
export const pushSubscriptions = pgTable(
  'push_subscriptions',
  {
    id: id(),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    endpoint: text('endpoint').notNull(),
    p256dh: text('p256dh').notNull(),
    auth: text('auth').notNull(),
    userAgent: text('user_agent').notNull().default(''),
    /** The session that told of it last: whoever signs out there is told nothing there any more. */
    sessionId: uuid('session_id'),
    createdAt: createdAt(),
    lastSeenAt: time('last_seen_at').notNull().defaultNow(),
  },
  (t) => [
    uniqueIndex('push_subscriptions_endpoint_key').on(t.endpoint),
    index('push_subscriptions_user_idx').on(t.userId),
    index('push_subscriptions_session_idx').on(t.sessionId),
  ],
);

/**
 * Routes of a team in order: the first that matches takes an alert, later ones too while `continues` is set.
 * The one without matchers that every team has stands last.
 */
export const alertRoutes = pgTable(
  'alert_routes',
  {
    id: id(),
    teamId: team(),
    position: integer('position').notNull(),
    name: text('name').notNull(),
    matchers: jsonb('matchers').$type<LabelMatcher[]>().notNull().default([]),
    continues: boolean('continues').notNull().default(false),
    groupBy: jsonb('group_by').$type<string[]>().notNull().default([]),
    groupWaitMs: integer('group_wait_ms').notNull().default(30_000),
    groupIntervalMs: integer('group_interval_ms').notNull().default(300_000),
    repeatIntervalMs: integer('repeat_interval_ms').notNull().default(14_400_000),
    channelIds: jsonb('channel_ids').$type<string[]>().notNull().default([]),
    /** Broken channels hand over to this one (alerting S92). */
    fallbackChannelId: uuid('fallback_channel_id'),
    escalationPolicyId: uuid('escalation_policy_id').references(() => escalationPolicies.id, {
      onDelete: 'set null',
    }),
    /** The one that takes what no other does; every team has it, without matchers and behind all others. */
    isDefault: boolean('is_default').notNull().default(false),
    createdAt: createdAt(),
    updatedAt: time('updated_at').notNull().defaultNow(),
  },
  (t) => [
    index('alert_routes_team_idx').on(t.teamId, t.position),
    uniqueIndex('alert_routes_default_key').on(t.teamId).where(sql`${t.isDefault}`),
  ],
);

/** Groups of alerts that are notified together, with the timer of their next look (alerting S31 to S41). */
export const alertGroups = pgTable(
  'alert_groups',
  {
    id: id(),
    teamId: team(),
    routeId: uuid('route_id')
      .notNull()
      .references(() => alertRoutes.id, { onDelete: 'cascade' }),
    /** Route and group labels, canonical: the same after every restart (alerting S41). */
    groupKey: text('group_key').notNull(),
    labels: jsonb('labels').$type<Labels>().notNull(),
    nextFlushAt: time('next_flush_at'),
    /** The last look; null while a group waits for its first since it was empty. */
    flushedAt: time('flushed_at'),
    /** Looks so far: what a look enqueues is told apart by it. */
    flushes: bigint('flushes', { mode: 'number' }).notNull().default(0),
    createdAt: createdAt(),
  },
  (t) => [
    uniqueIndex('alert_groups_key').on(t.teamId, t.groupKey),
    index('alert_groups_due_idx').on(t.nextFlushAt).where(sql`${t.nextFlushAt} is not null`),
  ],
);

export const alertGroupMembers = pgTable(
  'alert_group_members',
  {
    groupId: uuid('group_id')
      .notNull()
      .references(() => alertGroups.id, { onDelete: 'cascade' }),
    alertId: uuid('alert_id')
      .notNull()
      .references(() => alerts.id, { onDelete: 'cascade' }),
    addedAt: time('added_at').notNull().defaultNow(),
    /** Channels that were told before this are told again, and why (alerting S53, S56, S76). */
    retellAt: time('retell_at'),
    retell: jsonb('retell').$type<{ reason: NotifyReason; words: string }>(),
  },
  (t) => [
    primaryKey({ columns: [t.groupId, t.alertId] }),
    index('alert_group_members_alert_idx').on(t.alertId),
  ],
);

/** What each channel was last told of a group; written when delivery succeeded, never before (alerting S47). */
export const notificationLog = pgTable(
  'notification_log',
  {
    groupId: uuid('group_id')
      .notNull()
      .references(() => alertGroups.id, { onDelete: 'cascade' }),
    channelId: uuid('channel_id')
      .notNull()
      .references(() => notificationChannels.id, { onDelete: 'cascade' }),
    /** Ids of the alerts that were told as firing and as resolved. */
    firing: jsonb('firing').$type<string[]>().notNull().default([]),
    resolved: jsonb('resolved').$type<string[]>().notNull().default([]),
    reason: text('reason').notNull(),
    sentAt: time('sent_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.groupId, t.channelId] })],
);

/** The outbox: a row is written in the transaction that causes it and sent by whoever holds its lease. */
export const notifications = pgTable(
  'notifications',
  {
    /** Also the event id that receivers deduplicate by: the same on every attempt (alerting S94). */
    id: id(),
    teamId: team(),
    /** `group`: a channel is told of a group. `page`: a person is. `notice`: Pitwall about itself. `test`: a try. */
    purpose: text('purpose', { enum: ['group', 'page', 'notice', 'test'] }).notNull(),
    kind: text('kind', { enum: CHANNEL_KINDS }).notNull(),
    channelId: uuid('channel_id').references(() => notificationChannels.id, { onDelete: 'cascade' }),
    userId: uuid('user_id').references(() => users.id, { onDelete: 'cascade' }),
    contactMethodId: uuid('contact_method_id').references(() => contactMethods.id, { onDelete: 'set null' }),
    pushSubscriptionId: uuid('push_subscription_id').references(() => pushSubscriptions.id, {
      onDelete: 'set null',
    }),
    groupId: uuid('group_id').references(() => alertGroups.id, { onDelete: 'set null' }),
    /** Where it goes, as one word: a channel, a device or a contact method; what waits for one never waits for another. */
    destination: text('destination').notNull(),
    alertIds: jsonb('alert_ids').$type<string[]>().notNull().default([]),
    /** What caused it: the same cause is enqueued once for each target. */
    cause: text('cause').notNull(),
    reason: text('reason').notNull(),
    /** Words and links, as lib/model/notification.ts says; adapters turn them into their own form. */
    message: jsonb('message').$type<Record<string, unknown>>().notNull(),
    /** Smaller goes first; the first alert of all goes before everything (alerting S86). */
    priority: integer('priority').notNull().default(100),
    status: text('status', { enum: NOTIFICATION_STATUSES }).notNull().default('queued'),
    attempts: integer('attempts').notNull().default(0),
    nextAttemptAt: time('next_attempt_at').notNull().defaultNow(),
    expiresAt: time('expires_at').notNull(),
    leaseToken: bigint('lease_token', { mode: 'number' }).notNull().default(0),
    leaseUntil: time('lease_until'),
    lastError: text('last_error'),
    /** Why it ended as it did: `acknowledged`, `resolved`, `superseded`, `bundled`, ... */
    finishReason: text('finish_reason'),
    providerId: text('provider_id'),
    /** When its one-time link acknowledged (alerting S88). */
    ackUsedAt: time('ack_used_at'),
    createdAt: createdAt(),
    finishedAt: time('finished_at'),
  },
  (t) => [
    uniqueIndex('notifications_cause_key').on(t.teamId, t.cause, t.destination),
    index('notifications_waiting_idx')
      .on(t.destination, t.priority, t.nextAttemptAt)
      .where(sql`${t.status} in ('queued', 'sending')`),
    index('notifications_waiting_pages_idx')
      .on(t.nextAttemptAt)
      .where(sql`${t.purpose} = 'page' and ${t.status} = 'queued'`),
    index('notifications_group_idx').on(t.groupId, t.channelId),
    index('notifications_destination_idx').on(t.destination, t.createdAt),
    index('notifications_user_idx').on(t.userId, t.createdAt),
    index('notifications_team_idx').on(t.teamId, t.createdAt),
  ],
);

/** One row for every try to send; it never changes once it is over (alerting S89). */
export const notificationAttempts = pgTable(
  'notification_attempts',
  {
    id: id(),
    teamId: team(),
    notificationId: uuid('notification_id')
      .notNull()
      .references(() => notifications.id, { onDelete: 'cascade' }),
    attempt: integer('attempt').notNull(),
    /** `bundled` for what went out with another message. */
    status: text('status', {
      enum: ['sending', 'sent', 'delivered', 'failed', 'expired', 'cancelled'],
    }).notNull(),
    providerId: text('provider_id'),
    httpStatus: integer('http_status'),
    error: text('error'),
    reason: text('reason').notNull().default(''),
    startedAt: time('started_at').notNull().defaultNow(),
    endedAt: time('ended_at'),
  },
  (t) => [
    uniqueIndex('notification_attempts_key').on(t.notificationId, t.attempt),
    index('notification_attempts_team_idx').on(t.teamId, t.startedAt),
  ],
);

/** Which alerts a notification spoke of, so that an alert knows its messages. */
export const notificationAlerts = pgTable(
  'notification_alerts',
  {
    notificationId: uuid('notification_id')
      .notNull()
      .references(() => notifications.id, { onDelete: 'cascade' }),
    alertId: uuid('alert_id')
      .notNull()
      .references(() => alerts.id, { onDelete: 'cascade' }),
  },
  (t) => [
    primaryKey({ columns: [t.notificationId, t.alertId] }),
    index('notification_alerts_alert_idx').on(t.alertId),
  ],
);

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
import { HOST_STATES } from '#lib/model/host-state.ts';
import { DELIVERY_RESULTS, TRIGGER_EVENTS, TRIGGER_RUN_STATUSES } from '#lib/model/repository.ts';
import type { AllowRule, DeliveryFacts } from '#lib/model/repository-schema.ts';
import { agents } from './agents.ts';
import { clusters } from './clusters.ts';
import { createdAt, id, time } from './columns.ts';
import { team, users } from './members.ts';

/** Repositories that a team has connected, each with a webhook of its own. */
export const repositories = pgTable(
  'repositories',
  {
    id: id(),
    teamId: team(),
    /** Origin of the server: https://github.com, or an Enterprise server. */
    hostUrl: text('host_url').notNull(),
    /** `owner/name`. */
    fullName: text('full_name').notNull(),
    credentialKind: text('credential_kind', { enum: ['app', 'token'] }).notNull(),
    appId: bigint('app_id', { mode: 'number' }),
    installationId: bigint('installation_id', { mode: 'number' }),
    /** The private key of the app, or the token: sealed by the secret box. */
    sealedCredential: text('sealed_credential').notNull(),
    /** What its webhook signs with: sealed. */
    sealedSecret: text('sealed_secret').notNull(),
    /** The one before the last rotation, which counts until `formerSecretUntil`: sealed. */
    sealedFormerSecret: text('sealed_former_secret'),
    formerSecretUntil: time('former_secret_until'),
    /** When its host wants to be asked again: a limit that all of an installation share (deployment S-95). */
    limitedUntil: time('limited_until'),
    /** Somebody wants to know whether it can be reached. */
    checkRequestedAt: time('check_requested_at'),
    checkedAt: time('checked_at'),
    /** Why it could not be reached when it was last checked; null: it could. */
    checkError: text('check_error'),
    /** When its host was last asked for deliveries that never came (deployment S-86). */
    reconciledAt: time('reconciled_at'),
    allowed: jsonb('allowed').$type<AllowRule[]>().notNull().default([]),
    createdBy: uuid('created_by').references(() => users.id, { onDelete: 'set null' }),
    createdAt: createdAt(),
    updatedAt: time('updated_at').notNull().defaultNow(),
  },
  (t) => [
    uniqueIndex('repositories_name_key').on(t.teamId, t.hostUrl, sql`lower(${t.fullName})`),
    check('repositories_credential_known', sql`${t.credentialKind} in ('app', 'token')`),
  ],
);

/** What webhooks delivered; the two keys are what makes a delivery count once (deployment S-87). */
export const webhookDeliveries = pgTable(
  'webhook_deliveries',
  {
    id: id(),
    teamId: team(),
    repositoryId: uuid('repository_id')
      .notNull()
      .references(() => repositories.id, { onDelete: 'cascade' }),
    /** `X-GitHub-Delivery`: the same for a redelivery, and not signed. */
    deliveryGuid: text('delivery_guid').notNull(),
    /** Hook and SHA-256 of the body; null once the window is over in which the same body counts once. */
    bodyKey: text('body_key'),
    hookId: text('hook_id'),
    event: text('event').notNull(),
    action: text('action'),
    facts: jsonb('facts').$type<DeliveryFacts>().notNull(),
    result: text('result', { enum: DELIVERY_RESULTS }).notNull().default('received'),
    reason: text('reason').notNull().default(''),
    /** The rule that allowed it. */
    rule: jsonb('rule').$type<AllowRule>(),
    receivedAt: time('received_at').notNull().defaultNow(),
    settledAt: time('settled_at'),
  },
  (t) => [
    uniqueIndex('webhook_deliveries_guid_key').on(t.repositoryId, t.deliveryGuid),
    uniqueIndex('webhook_deliveries_body_key').on(t.repositoryId, t.bodyKey),
    index('webhook_deliveries_recent_idx').on(t.repositoryId, t.receivedAt),
    index('webhook_deliveries_waiting_idx').on(t.receivedAt).where(sql`${t.result} = 'received'`),
  ],
);

/** Deployments that are shown at their host too; of ours only the id, so that what is told outlives the row. */
export const hostDeployments = pgTable(
  'host_deployments',
  {
    deploymentId: uuid('deployment_id').primaryKey(),
    teamId: team(),
    repositoryId: uuid('repository_id')
      .notNull()
      .references(() => repositories.id, { onDelete: 'cascade' }),
    /** Whole. */
    sha: text('sha').notNull(),
    environment: text('environment').notNull(),
    isProduction: boolean('is_production').notNull(),
    /** Its id there; null until the first status is told. */
    hostId: bigint('host_id', { mode: 'number' }),
    createdAt: createdAt(),
  },
  (t) => [index('host_deployments_environment_idx').on(t.repositoryId, t.environment)],
);

/** The outbox of what hosts are told of deployments: of each in the order of `seq` (deployment S-92). */
export const hostStatuses = pgTable(
  'host_statuses',
  {
    id: id(),
    teamId: team(),
    deploymentId: uuid('deployment_id')
      .notNull()
      .references(() => hostDeployments.deploymentId, { onDelete: 'cascade' }),
    seq: bigint('seq', { mode: 'number' }).generatedAlwaysAsIdentity(),
    state: text('state', { enum: HOST_STATES }).notNull(),
    description: text('description').notNull(),
    outcome: text('outcome', { enum: ['queued', 'told', 'failed'] })
      .notNull()
      .default('queued'),
    attempts: integer('attempts').notNull().default(0),
    nextAttemptAt: time('next_attempt_at').notNull().defaultNow(),
    /** Whoever holds an older one has lost the row. */
    leaseToken: bigint('lease_token', { mode: 'number' }).notNull().default(0),
    leaseUntil: time('lease_until'),
    lastError: text('last_error'),
    createdAt: createdAt(),
    finishedAt: time('finished_at'),
  },
  (t) => [
    index('host_statuses_order_idx').on(t.deploymentId, t.seq),
    index('host_statuses_waiting_idx').on(t.nextAttemptAt).where(sql`${t.outcome} = 'queued'`),
  ],
);

/** What is deployed when something happens in a repository, in the name of whoever saved it last. */
export const deployTriggers = pgTable(
  'deploy_triggers',
  {
    id: id(),
    teamId: team(),
    repositoryId: uuid('repository_id')
      .notNull()
      .references(() => repositories.id, { onDelete: 'cascade' }),
    event: text('event', { enum: TRIGGER_EVENTS }).notNull(),
    ref: text('ref').notNull(),
    workflow: text('workflow'),
    agentId: uuid('agent_id')
      .notNull()
      .references(() => agents.id, { onDelete: 'cascade' }),
    clusterId: uuid('cluster_id')
      .notNull()
      .references(() => clusters.id, { onDelete: 'cascade' }),
    namespace: text('namespace').notNull(),
    workload: text('workload').notNull(),
    container: text('container').notNull(),
    image: text('image').notNull(),
    /** Template of the image's tag. */
    tag: text('tag').notNull(),
    build: jsonb('build').$type<{ workflow: string; input: string | null }>(),
    isEnabled: boolean('is_enabled').notNull().default(true),
    ownerId: uuid('owner_id').notNull(),
    ownerName: text('owner_name').notNull(),
    createdAt: createdAt(),
    updatedAt: time('updated_at').notNull().defaultNow(),
  },
  (t) => [index('deploy_triggers_repository_idx').on(t.repositoryId, t.event)],
);

/** What triggers started: at most one a delivery (deployment S-87). */
export const triggerRuns = pgTable(
  'trigger_runs',
  {
    id: id(),
    teamId: team(),
    triggerId: uuid('trigger_id')
      .notNull()
      .references(() => deployTriggers.id, { onDelete: 'cascade' }),
    /** Null: somebody started it by hand. */
    deliveryId: uuid('delivery_id'),
    idempotencyKey: text('idempotency_key').notNull(),
    ref: text('ref').notNull(),
    /** Null until its host was asked. */
    sha: text('sha'),
    requestedBy: jsonb('requested_by').$type<{ kind: 'user' | 'key'; id: string }>().notNull(),
    requestedByName: text('requested_by_name').notNull(),
    status: text('status', { enum: TRIGGER_RUN_STATUSES }).notNull().default('waiting'),
    message: text('message').notNull().default(''),
    /** Written before a build is asked for, so that none is asked for twice. */
    dispatchedAt: time('dispatched_at'),
    hostRunId: bigint('host_run_id', { mode: 'number' }),
    deploymentId: uuid('deployment_id'),
    nextAt: time('next_at').notNull().defaultNow(),
    leaseUntil: time('lease_until'),
    createdAt: createdAt(),
    finishedAt: time('finished_at'),
  },
  (t) => [
    uniqueIndex('trigger_runs_key').on(t.triggerId, t.idempotencyKey),
    index('trigger_runs_recent_idx').on(t.triggerId, t.id),
    index('trigger_runs_due_idx').on(t.nextAt).where(sql`${t.status} in ('waiting', 'building')`),
  ],
);

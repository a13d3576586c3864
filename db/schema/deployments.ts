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
import {
  CANCEL_MODES,
  DEPLOYMENT_KINDS,
  FAILURE_CODES,
  type FieldConflict,
  type RolloutProgress,
  type RunningImages,
  WORKLOAD_KINDS,
} from '#lib/model/deployment.ts';
import { type DeploymentGate, type KeptGate, LOOK_VERDICTS } from '#lib/model/deployment-gate.ts';
import type { DeploymentPlan } from '#lib/model/deployment-plan.ts';
import { ACTIVE_STATUSES, DEPLOYMENT_STATUSES } from '#lib/model/deployment-status.ts';
import type { GateJudgement } from '#lib/model/gate.ts';
import type { ObjectChange } from '#lib/model/rollout.ts';
import type { KeptSource } from '#lib/model/source-facts.ts';
import { agents } from './agents.ts';
import { createdAt, id, oneOf, time } from './columns.ts';
import { team } from './members.ts';

/**
 * Versions of agents on their way into clusters. Whom and what they speak of stands here by name too, so that they
 * can be read when it is gone (deployment S-65). Who asked has no foreign key for the same reason.
 */
export const deployments = pgTable(
  'deployments',
  {
    id: id(),
    teamId: team(),
    agentId: uuid('agent_id').references(() => agents.id, { onDelete: 'set null' }),
    agentName: text('agent_name').notNull(),
    environment: text('environment').notNull(),
    clusterId: uuid('cluster_id').notNull(),
    clusterName: text('cluster_name').notNull(),
    namespace: text('namespace').notNull(),
    workloadKind: text('workload_kind', { enum: WORKLOAD_KINDS }).notNull(),
    workloadName: text('workload_name').notNull(),
    kind: text('kind', { enum: DEPLOYMENT_KINDS }).notNull(),
    container: text('container').notNull(),
    image: text('image').notNull(),
    version: text('version').notNull(),
    digest: text('digest'),
    /** Its tag is looked up at the registry: as soon as it is asked for, and again before it is applied (deployment S-67). */
    resolvesTag: boolean('resolves_tag').notNull().default(false),
    /** When a registry that does not answer is given up. */
    resolveDeadlineAt: time('resolve_deadline_at'),
    /** Of an image for several platforms: what runtimes may name as what runs. */
    platformDigests: jsonb('platform_digests').$type<string[]>().notNull().default([]),
    /** What its pods ran when they were last looked at (deployment S-68). */
    running: jsonb('running').$type<RunningImages>(),
    runningCheckedAt: time('running_checked_at'),
    gitRef: text('git_ref'),
    /** The commit that it was made of, and the repository at whose host it is shown (deployment S-91). */
    repositoryId: uuid('repository_id'),
    sha: text('sha'),
    /** The run of a workflow that built it. */
    hostRunId: bigint('host_run_id', { mode: 'number' }),
    /** What its host says of the commit, and when it is to be asked again; null: not any more. */
    sourceFacts: jsonb('source_facts').$type<KeptSource>(),
    sourceDueAt: time('source_due_at'),
    /** Up to which change its host has been told, in the outbox. */
    hostToldSeq: bigint('host_told_seq', { mode: 'number' }).notNull().default(0),
    changeCause: text('change_cause').notNull().default(''),
    /** The object as it was applied, and as it was before: any version can return when the cluster forgot it (deployment S-44). */
    manifest: jsonb('manifest').$type<Record<string, unknown>>(),
    previousManifest: jsonb('previous_manifest').$type<Record<string, unknown>>(),
    /** Of a rollback: the object whose template returns. */
    restoredManifest: jsonb('restored_manifest').$type<Record<string, unknown>>(),
    /** The version of the object that the confirmed preview was made of (deployment S-15). */
    expectedResourceVersion: text('expected_resource_version'),
    idempotencyKey: text('idempotency_key'),
    payloadHash: text('payload_hash').notNull(),
    status: text('status', { enum: DEPLOYMENT_STATUSES }).notNull().default('pending'),
    /** Grows with every change, so that an older status never wins (deployment S-66). */
    seq: bigint('seq', { mode: 'number' }).notNull().default(1),
    isQueued: boolean('is_queued').notNull().default(false),
    isPaused: boolean('is_paused').notNull().default(false),
    /** What somebody wants of the rollout and the worker has not done yet. */
    pauseWanted: boolean('pause_wanted'),
    pausedAt: time('paused_at'),
    cancelMode: text('cancel_mode', { enum: CANCEL_MODES }),
    resumeFirst: boolean('resume_first').notNull().default(false),
    /** Who may lose fields to it, by name (deployment S-04). */
    forceManagers: jsonb('force_managers').$type<string[]>().notNull().default([]),
    conflicts: jsonb('conflicts').$type<FieldConflict[]>().notNull().default([]),
    progress: jsonb('progress').$type<RolloutProgress>(),
    /** Of the ReplicaSet that it made, once that is known (deployment S-28). */
    templateHash: text('template_hash'),
    /** Since when trouble was seen, Unix milliseconds, by what rollout/diagnose-pods.ts calls it. */
    troubles: jsonb('troubles').$type<Record<string, number>>().notNull().default({}),
    unreachableSince: time('unreachable_since'),
    failureCode: text('failure_code', { enum: FAILURE_CODES }),
    failureMessage: text('failure_message'),
    autoRollback: boolean('auto_rollback').notNull().default(false),
    /** Of a rollback: the deployment that it takes back. */
    targetDeploymentId: uuid('target_deployment_id'),
    /** Of a rollback: whose version returns, or which revision of the cluster; neither: what ran before the target. */
    restoresDeploymentId: uuid('restores_deployment_id'),
    restoresRevision: integer('restores_revision'),
    approvalsNeeded: integer('approvals_needed').notNull().default(0),
    approverIds: jsonb('approver_ids').$type<string[]>().notNull().default([]),
    approvedAt: time('approved_at'),
    /** When those who may approve were told that it waits for them; null: not yet. */
    approversToldAt: time('approvers_told_at'),
    /** Deadlines are moments, so that a restart does not move them (deployment S-59). */
    approvalExpiresAt: time('approval_expires_at'),
    applyDeadlineAt: time('apply_deadline_at'),
    rolloutDeadlineAt: time('rollout_deadline_at'),
    /** How its version is judged by its telemetry, as it was when the deployment was asked for; null: it is not. */
    gate: jsonb('gate').$type<KeptGate>(),
    /** When the rollout was complete the first time; a gate may take longer than a rollout has. */
    rolledOutAt: time('rolled_out_at'),
    /** All looks are counted from this moment, so that a restart moves none. */
    gateStartedAt: time('gate_started_at'),
    /** What it is compared with; null though it was started: there is nothing. */
    gateBaseline: text('gate_baseline'),
    /** Its last look decided nothing: when it fails unless somebody decides. */
    gateHeldUntil: time('gate_held_until'),
    /** Who let it through, whatever its looks say. */
    gateLetThroughBy: text('gate_let_through_by'),
    leaseOwner: text('lease_owner'),
    /** The fencing token: whoever writes under an older one has lost the lease (deployment S-56). */
    leaseVersion: bigint('lease_version', { mode: 'number' }).notNull().default(0),
    leaseExpiresAt: time('lease_expires_at'),
    /** When a worker is to look at it. */
    nextAt: time('next_at').notNull().defaultNow(),
    /** Who asked for it, so that the right is checked again when it is carried out (security Z13). */
    requestedBy: jsonb('requested_by').$type<{ kind: 'user' | 'key'; id: string }>(),
    requestedByName: text('requested_by_name').notNull(),
    createdAt: createdAt(),
    startedAt: time('started_at'),
    finishedAt: time('finished_at'),
  },
  (t) => [
    uniqueIndex('deployments_active_key')
      .on(t.clusterId, t.namespace, t.workloadKind, t.workloadName)
      .where(sql`${oneOf('status', ACTIVE_STATUSES)} and not is_queued`),
    uniqueIndex('deployments_idempotency_key').on(t.teamId, t.idempotencyKey),
    index('deployments_agent_idx').on(t.agentId, t.id),
    index('deployments_team_idx').on(t.teamId, t.id),
    index('deployments_workload_idx').on(t.clusterId, t.namespace, t.workloadName, t.id),
    index('deployments_target_idx').on(t.targetDeploymentId),
    index('deployments_queued_idx').on(t.id).where(sql`${t.isQueued}`),
    index('deployments_untold_idx')
      .on(t.id)
      .where(sql`${t.repositoryId} is not null and ${t.seq} > ${t.hostToldSeq}`),
    index('deployments_unasked_idx')
      .on(t.id)
      .where(sql`${t.status} = 'awaiting_approval' and ${t.approversToldAt} is null`),
    index('deployments_source_due_idx').on(t.sourceDueAt).where(sql`${t.sourceDueAt} is not null`),
    index('deployments_due_idx').on(t.nextAt).where(oneOf('status', ACTIVE_STATUSES)),
    check('deployments_status_known', oneOf('status', DEPLOYMENT_STATUSES)),
    check('deployments_kind_known', oneOf('kind', DEPLOYMENT_KINDS)),
    check('deployments_workload_kind_known', oneOf('workload_kind', WORKLOAD_KINDS)),
    // Nothing chains: what takes back is never taken back by itself (deployment S-62).
    check('deployments_rollback_never_chains', sql`${t.kind} <> 'rollback' or not ${t.autoRollback}`),
    check('deployments_source_whole', sql`(${t.repositoryId} is null) = (${t.sha} is null)`),
    check('deployments_pause_in_progress', sql`not ${t.isPaused} or ${t.startedAt} is not null`),
  ],
);

/** What happened to a deployment: one row a change, in its transaction, never changed (deployment S-53). */
export const deploymentEvents = pgTable(
  'deployment_events',
  {
    id: id(),
    teamId: team(),
    deploymentId: uuid('deployment_id')
      .notNull()
      .references(() => deployments.id, { onDelete: 'cascade' }),
    seq: bigint('seq', { mode: 'number' }).notNull(),
    /** Null when it was made; equal to `toStatus` where only something else changed. */
    fromStatus: text('from_status', { enum: DEPLOYMENT_STATUSES }),
    toStatus: text('to_status', { enum: DEPLOYMENT_STATUSES }).notNull(),
    actorKind: text('actor_kind', { enum: ['user', 'key', 'system'] }).notNull(),
    actorId: text('actor_id').notNull(),
    actorName: text('actor_name').notNull(),
    code: text('code').notNull(),
    message: text('message').notNull().default(''),
    at: time('at').notNull(),
  },
  (t) => [
    uniqueIndex('deployment_events_seq_key').on(t.deploymentId, t.seq),
    index('deployment_events_team_idx').on(t.teamId, t.at),
  ],
);

/**
 * The looks of gates: one row a look, written in the transaction of its entry in the timeline, never changed. Which look
 * comes next is counted from these, so that what was said of all looks together stays true through crashes.
 */
export const deploymentGateLooks = pgTable(
  'deployment_gate_looks',
  {
    id: id(),
    teamId: team(),
    deploymentId: uuid('deployment_id')
      .notNull()
      .references(() => deployments.id, { onDelete: 'cascade' }),
    look: integer('look').notNull(),
    verdict: text('verdict', { enum: LOOK_VERDICTS }).notNull(),
    reason: text('reason').notNull(),
    /** The figures of both versions; null where nothing could be asked. */
    judgement: jsonb('judgement').$type<GateJudgement>(),
    at: time('at').notNull(),
  },
  (t) => [
    uniqueIndex('deployment_gate_looks_key').on(t.deploymentId, t.look),
    check('deployment_gate_looks_verdict_known', oneOf('verdict', LOOK_VERDICTS)),
  ],
);

/** What people said of a deployment that needs approval; one word a person. */
export const deploymentApprovals = pgTable(
  'deployment_approvals',
  {
    id: id(),
    teamId: team(),
    deploymentId: uuid('deployment_id')
      .notNull()
      .references(() => deployments.id, { onDelete: 'cascade' }),
    userId: uuid('user_id').notNull(),
    userName: text('user_name').notNull(),
    decision: text('decision', { enum: ['approved', 'rejected'] }).notNull(),
    comment: text('comment').notNull().default(''),
    at: time('at').notNull(),
  },
  (t) => [uniqueIndex('deployment_approvals_person_key').on(t.deploymentId, t.userId)],
);

/** What deployments would change: asked by people, answered by a worker, forgotten after a while. */
export const deploymentPreviews = pgTable(
  'deployment_previews',
  {
    id: id(),
    teamId: team(),
    plan: jsonb('plan').$type<DeploymentPlan>().notNull(),
    payloadHash: text('payload_hash').notNull(),
    status: text('status', { enum: ['waiting', 'ready', 'failed'] })
      .notNull()
      .default('waiting'),
    message: text('message'),
    /** What its tag stood for. */
    digest: text('digest'),
    platformDigests: jsonb('platform_digests').$type<string[]>().notNull().default([]),
    /** Of the workload that it was made of; empty: there was none (deployment S-15). */
    resourceVersion: text('resource_version'),
    changes: jsonb('changes').$type<ObjectChange[]>().notNull().default([]),
    conflicts: jsonb('conflicts').$type<FieldConflict[]>().notNull().default([]),
    warnings: jsonb('warnings').$type<string[]>().notNull().default([]),
    leaseUntil: time('lease_until'),
    createdAt: createdAt(),
    expiresAt: time('expires_at').notNull(),
  },
  (t) => [
    index('deployment_previews_waiting_idx').on(t.createdAt).where(sql`${t.status} = 'waiting'`),
    index('deployment_previews_expires_idx').on(t.expiresAt),
  ],
);

/** How agents of an environment may be deployed; the row `*` counts for those without one. */
export const deploymentPolicies = pgTable(
  'deployment_policies',
  {
    id: id(),
    teamId: team(),
    environment: text('environment').notNull(),
    approvalsNeeded: integer('approvals_needed').notNull(),
    approverIds: jsonb('approver_ids').$type<string[]>().notNull().default([]),
    approvalMinutes: integer('approval_minutes').notNull(),
    autoRollback: boolean('auto_rollback').notNull(),
    gate: jsonb('gate').$type<DeploymentGate>(),
    updatedAt: time('updated_at').notNull().defaultNow(),
    updatedByName: text('updated_by_name').notNull().default(''),
  },
  (t) => [
    uniqueIndex('deployment_policies_environment_key').on(t.teamId, t.environment),
    check('deployment_policies_approvals_range', sql`${t.approvalsNeeded} between 0 and 10`),
  ],
);

/** When nothing is deployed in an environment, or with `*` in any. */
export const freezeWindows = pgTable(
  'freeze_windows',
  {
    id: id(),
    teamId: team(),
    name: text('name').notNull(),
    environment: text('environment').notNull(),
    startsAt: time('starts_at').notNull(),
    endsAt: time('ends_at').notNull(),
    createdByName: text('created_by_name').notNull(),
    createdAt: createdAt(),
    updatedAt: time('updated_at').notNull().defaultNow(),
  },
  (t) => [
    index('freeze_windows_team_idx').on(t.teamId, t.endsAt),
    check('freeze_windows_order', sql`${t.endsAt} > ${t.startsAt}`),
  ],
);

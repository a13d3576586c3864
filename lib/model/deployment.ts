import { z } from 'zod';
import { plainText } from './agent-schema.ts';
import { pageOf } from './agent-view.ts';
import { deploymentGateSchema, gateViewSchema } from './deployment-gate.ts';
import { DEPLOYMENT_STATUSES } from './deployment-status.ts';
import { releaseNotesSchema, sourceFactsSchema } from './source-facts.ts';
import { momentMs } from './time-schema.ts';

/**
 * Deployments: a version of an agent on its way into a cluster. The vocabulary, what people and machines may ask for,
 * and what pages and the API are shown; times are Unix milliseconds.
 */

export const DEPLOYMENT_KINDS = ['deploy', 'rollback'] as const;

/** Kinds of workloads that a version can be applied to. */
export const WORKLOAD_KINDS = ['Deployment'] as const;

/** Why a deployment ended otherwise than completed; also machines go by it. */
export const FAILURE_CODES = [
  'APPLY_TIMEOUT',
  'ROLLOUT_TIMEOUT',
  'APPROVAL_EXPIRED',
  'REJECTED',
  'FIELD_CONFLICT',
  'PREVIEW_OUT_OF_DATE',
  'NO_LONGER_ALLOWED',
  'FORBIDDEN_BY_CLUSTER',
  'REFUSED_BY_CLUSTER',
  'CLUSTER_GONE',
  'WORKLOAD_PAUSED',
  'WORKLOAD_GONE',
  'UNKNOWN_CONTAINER',
  'UNKNOWN_REVISION',
  'ROLLOUT_FAILED',
  'TAG_MOVED',
  'IMAGE_NOT_FOUND',
  'REGISTRY_FAILED',
  'GATE_FAILED',
  'GATE_EXPIRED',
] as const;

/** What becomes of a rollout whose deployment is cancelled while it is under way (deployment S-61). */
export const CANCEL_MODES = ['stop_watching', 'pause_rollout', 'roll_back'] as const;
export type CancelMode = (typeof CANCEL_MODES)[number];

export const cancelDeploymentSchema = z.strictObject({
  id: z.uuid(),
  mode: z
    .enum(CANCEL_MODES)
    .optional()
    .describe('What becomes of a rollout that is under way; needed then, and only then'),
});

export const rollBackSchema = z.strictObject({
  id: z.uuid(),
  toDeploymentId: z.uuid().optional().describe('Whose version returns; default: what ran before this one'),
  toRevision: z.int().min(1).optional().describe('A revision that the cluster still keeps'),
  resume: z.boolean().default(false).describe('Resume the workload first if it is paused'),
  queue: z.boolean().default(false),
  idempotencyKey: z.string().min(1).max(200).optional(),
});

export const forceDeploymentSchema = z.strictObject({
  id: z.uuid(),
  managers: z
    .array(z.string().min(1).max(256))
    .min(1)
    .max(50)
    .describe('Each manager that loses fields, by name: all of them, and no other'),
});

export const passGateSchema = z.strictObject({ id: z.uuid(), comment: plainText(500).default('') });

const timeMs = z.int().describe('Unix milliseconds');
const named = z.object({ id: z.uuid(), name: z.string() });

export const fieldConflictSchema = z.object({ field: z.string(), manager: z.string() });
export type FieldConflict = z.infer<typeof fieldConflictSchema>;

/** How far a rollout was when it was last looked at. */
export const rolloutProgressSchema = z.object({
  phase: z.string().describe('What the cluster is doing, in words'),
  replicas: z.int(),
  updated: z.int(),
  available: z.int(),
  percent: z
    .int()
    .describe('How much of it is done, 0 to 100; never less than before, also when it is scaled meanwhile'),
  warnings: z.array(z.string()),
  observedAt: timeMs,
});
export type RolloutProgress = z.infer<typeof rolloutProgressSchema>;

/** What the pods of a workload run, as the cluster names it (deployment S-68). */
export const runningImagesSchema = z.object({
  observedAt: timeMs,
  images: z.array(
    z.object({
      digest: z.string().nullable().describe('Null: the runtime of the node names none'),
      pods: z.int(),
    }),
  ),
  isDrifted: z
    .boolean()
    .nullable()
    .describe('Whether pods run something else than was deployed; null: that is not known'),
});
export type RunningImages = z.infer<typeof runningImagesSchema>;

/** One deployment in a list. */
export const deploymentRowSchema = z.object({
  id: z.uuid(),
  kind: z.enum(DEPLOYMENT_KINDS),
  agent: z.object({ id: z.uuid().nullable().describe('Null: the agent was removed'), name: z.string() }),
  environment: z.string(),
  cluster: named,
  namespace: z.string(),
  workload: z.object({ kind: z.enum(WORKLOAD_KINDS), name: z.string() }),
  version: z.string(),
  digest: z
    .string()
    .nullable()
    .describe(
      'What the tag stood for when it was asked for; null: it is deployed by its tag alone, or not yet known',
    ),
  gitRef: z.string().nullable(),
  status: z.enum(DEPLOYMENT_STATUSES),
  isPaused: z.boolean(),
  isQueued: z.boolean().describe('Waits behind the active deployment of its workload'),
  unreachableSince: timeMs.nullable().describe('Since when the cluster does not answer'),
  failure: z.object({ code: z.enum(FAILURE_CODES), message: z.string() }).nullable(),
  requestedBy: z.string(),
  seq: z.int().describe('Grows with every change; an older one never wins'),
  createdAt: timeMs,
  startedAt: timeMs.nullable(),
  finishedAt: timeMs.nullable(),
});
export type DeploymentRow = z.infer<typeof deploymentRowSchema>;

/** One entry of the timeline. */
const deploymentEventSchema = z.object({
  id: z.uuid(),
  at: timeMs,
  from: z.enum(DEPLOYMENT_STATUSES).nullable(),
  to: z.enum(DEPLOYMENT_STATUSES),
  actor: z.object({ kind: z.enum(['user', 'key', 'system']), name: z.string() }),
  code: z.string(),
  message: z.string(),
});
export type DeploymentEvent = z.infer<typeof deploymentEventSchema>;

/** Whether something may be done now, and if not, why, for the disabled button. */
const abilitySchema = z.union([
  z.object({ allowed: z.literal(true) }),
  z.object({ allowed: z.literal(false), reason: z.string() }),
]);

export const DEPLOYMENT_ACTIONS = [
  'approve',
  'cancel',
  'pause',
  'resume',
  'rollBack',
  'force',
  'passGate',
] as const;
export type DeploymentAction = (typeof DEPLOYMENT_ACTIONS)[number];

/** One deployment with everything its page shows. */
export const deploymentDetailSchema = deploymentRowSchema.extend({
  container: z.string(),
  image: z.string(),
  changeCause: z.string(),
  running: runningImagesSchema
    .nullable()
    .describe('What its pods ran when they were last looked at, while it was the latest of its workload'),
  source: sourceFactsSchema
    .extend({ repositoryId: z.uuid(), sha: z.string() })
    .nullable()
    .describe('The commit that it was made of, and what its host says of that'),
  releaseNotes: releaseNotesSchema.nullable().describe('What is new against what ran before'),
  autoRollback: z.boolean(),
  approvals: z.object({
    needed: z.int(),
    expiresAt: timeMs.nullable(),
    given: z.array(
      z.object({
        by: z.string(),
        decision: z.enum(['approved', 'rejected']),
        comment: z.string(),
        at: timeMs,
      }),
    ),
  }),
  progress: rolloutProgressSchema.nullable(),
  deadlineAt: timeMs
    .nullable()
    .describe('When the rollout fails if it is not complete; stands while it is paused'),
  gate: gateViewSchema.nullable().describe('How its version is judged by its telemetry; null: it is not'),
  conflicts: z.array(fieldConflictSchema).describe('Fields that other managers own, where that stopped it'),
  suggestion: z.string().nullable().describe('What could be done about it, where nothing is done by itself'),
  target: z
    .object({ id: z.uuid(), version: z.string() })
    .nullable()
    .describe('Of a rollback: the deployment that it takes back'),
  rolledBackBy: z
    .object({ id: z.uuid(), status: z.enum(DEPLOYMENT_STATUSES) })
    .nullable()
    .describe('The latest rollback of this one'),
  replaces: z
    .object({ version: z.string().nullable(), digest: z.string().nullable() })
    .nullable()
    .describe('What ran before it; null: nothing did, or it has not begun'),
  isLeftPaused: z.boolean().describe('It was cancelled by pausing its rollout: the workload stands still'),
  next: z
    .object({ id: z.uuid(), version: z.string() })
    .nullable()
    .describe('The deployment of the same workload that was asked for after it'),
  manifest: z.record(z.string(), z.unknown()).nullable().describe('The object as it was applied'),
  previousManifest: z.record(z.string(), z.unknown()).nullable(),
  events: z.array(deploymentEventSchema).describe('The timeline, oldest first'),
  can: z.record(z.enum(DEPLOYMENT_ACTIONS), abilitySchema),
});
export type DeploymentDetail = z.infer<typeof deploymentDetailSchema>;

const fromCommas = <T extends z.ZodType>(item: T) =>
  z.preprocess((given) => (typeof given === 'string' ? given.split(',') : given), z.array(item).max(20));

export const deploymentListSchema = z.strictObject({
  agentId: z.uuid().optional(),
  status: fromCommas(z.enum(DEPLOYMENT_STATUSES)).optional().describe('Statuses, comma separated'),
  environment: plainText(64).optional(),
  from: momentMs.optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(400).optional(),
});

/** The environment that stands for all that have no policy of their own. */
export const EVERY_ENVIRONMENT = '*';

/** How agents of an environment may be deployed. */
export const deploymentPolicySchema = z.strictObject({
  environment: plainText(64, 1).describe('`*`: every environment without a policy of its own'),
  approvalsNeeded: z.int().min(0).max(10).describe('Approvals by people other than who asked'),
  approverIds: z
    .array(z.uuid())
    .max(50)
    .default([])
    .describe('Who may approve; empty: everybody who holds the permission'),
  approvalMinutes: z.int().min(5).max(20_160).default(1440).describe('After these an approval expires'),
  autoRollback: z.boolean().default(true),
  gate: deploymentGateSchema
    .nullable()
    .default(null)
    .describe(
      'How each version is judged by its telemetry before its deployment is complete; null: it is not',
    ),
});
export type DeploymentPolicy = z.output<typeof deploymentPolicySchema>;

/** What counts while a team has decided nothing. */
export const DEFAULT_POLICY: DeploymentPolicy = {
  environment: EVERY_ENVIRONMENT,
  approvalsNeeded: 0,
  approverIds: [],
  approvalMinutes: 1440,
  autoRollback: true,
  gate: null,
};

/** The bodies that `/api/v1` answers with about deployments. */
export const deploymentBodies = {
  Deployment: deploymentDetailSchema,
  DeploymentPage: pageOf(deploymentRowSchema),
  DeploymentChanged: z.object({
    id: z.uuid(),
    status: z.enum(DEPLOYMENT_STATUSES),
    seq: z.int(),
  }),
};

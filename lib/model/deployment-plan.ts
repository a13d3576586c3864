import { z } from 'zod';
import { plainText } from './agent-schema.ts';
import { fieldConflictSchema, WORKLOAD_KINDS } from './deployment.ts';
import { askedGateSchema } from './deployment-gate.ts';
import type { ObjectChange } from './rollout.ts';

/** What a deployment is asked for with: typed fields only, out of which a worker makes the object (security O11). */

/** A label of the domain name system, as Kubernetes names namespaces and containers (RFC 1123, deployment S-69). */
export const dnsLabel = z
  .string()
  .max(63)
  .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, 'Use lower case letters, digits and hyphens, as in my-agent.');

/** Names of workloads may hold dots. */
export const dnsName = z
  .string()
  .max(253)
  .regex(
    /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/,
    'Use lower case letters, digits, hyphens and dots.',
  );

/** A name of an image without tag and digest; nothing else can stand in it, so that it never becomes another field. */
const imageName = z
  .string()
  .max(400)
  .regex(
    /^([a-z0-9]+([.-][a-z0-9]+)*(:\d{1,5})?\/)?[a-z0-9]+([._-]+[a-z0-9]+)*(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*$/,
    'Write the image without tag and digest, as in registry.example.com/team/agent.',
  );
const imageTag = z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/, 'This is no tag of an image.');
const imageDigest = z
  .string()
  .regex(/^sha256:[0-9a-f]{64}$/, 'A digest is sha256: and 64 hexadecimal digits.');

/** Where its code stands: statuses are told there, and only of whole commits (deployment S-91). */
const sourceSchema = z.strictObject({
  repositoryId: z.uuid(),
  sha: z
    .string()
    .regex(/^([0-9a-f]{40}|[0-9a-f]{64})$/, 'Give the whole hash of the commit.')
    .describe('The commit that the image was built of'),
});

/** What is to run, and where. */
export const deploymentPlanSchema = z.strictObject({
  agentId: z.uuid(),
  clusterId: z.uuid(),
  namespace: dnsLabel,
  workloadKind: z.enum(WORKLOAD_KINDS).default('Deployment'),
  workload: dnsName,
  container: dnsLabel.describe('The container of the workload whose image changes'),
  image: imageName,
  version: imageTag,
  digest: imageDigest
    .nullable()
    .default(null)
    .describe('Null: what the tag stands for is looked up at its registry'),
  byTag: z
    .boolean()
    .default(false)
    .describe('Deploy by the tag alone, without looking it up: for registries that Pitwall cannot ask'),
  gitRef: plainText(255).nullable().default(null),
  source: sourceSchema
    .nullable()
    .default(null)
    .describe('A repository of the team and a commit there: its host is told how the deployment goes'),
  changeCause: plainText(500).default(''),
});
export type DeploymentPlan = z.output<typeof deploymentPlanSchema>;

export const createDeploymentSchema = deploymentPlanSchema.extend({
  previewId: z.uuid().optional().describe('The preview that was confirmed; it must still be up to date'),
  idempotencyKey: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe('The same key and payload answer with the same deployment; another payload is a conflict'),
  queue: z.boolean().default(false).describe('Wait behind the active deployment of the workload'),
  autoRollback: z.boolean().optional().describe('Default: what the policy of the environment says'),
  forceManagers: z
    .array(z.string().min(1).max(256))
    .max(50)
    .default([])
    .describe('Managers that lose fields, as the preview names them: all of them, and no other'),
  gate: askedGateSchema
    .optional()
    .describe(
      'How the version is judged by its telemetry; never less strictly than the policy of the environment',
    ),
});

const activeDeploymentSchema = z.object({
  id: z.uuid(),
  version: z.string(),
  isPaused: z.boolean(),
});
export type ActiveDeployment = z.infer<typeof activeDeploymentSchema>;

/** What a deployment would change, as the cluster says without doing it (deployment S-12). */
export const deploymentPreviewSchema = z.object({
  id: z.uuid(),
  status: z.enum(['waiting', 'ready', 'failed']),
  message: z.string().nullable().describe('Why there is none, in the words of the cluster'),
  digest: z.string().nullable().describe('What would run; null: whatever the tag stands for by then'),
  isNew: z.boolean().describe('There is no such workload yet'),
  changes: z.array(
    z.object({
      path: z.string(),
      before: z.unknown(),
      after: z.unknown(),
      isMasked: z.boolean(),
      isWholeList: z.boolean(),
    }),
  ) satisfies z.ZodType<ObjectChange[]>,
  conflicts: z.array(fieldConflictSchema).describe('Fields that other managers own: it would be stopped'),
  warnings: z.array(z.string()),
  active: activeDeploymentSchema
    .nullable()
    .describe(
      'Another deployment of the workload is under way: this one would be refused, or wait behind it',
    ),
  expiresAt: z.int().describe('Unix milliseconds; afterwards nothing is confirmed by it'),
});
export type DeploymentPreview = z.infer<typeof deploymentPreviewSchema>;

export const planBodies = { DeploymentPreview: deploymentPreviewSchema };

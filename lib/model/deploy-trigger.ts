import { z } from 'zod';
import { deploymentPlanSchema } from './deployment-plan.ts';
import { TRIGGER_EVENTS, TRIGGER_RUN_STATUSES } from './repository.ts';
import { allowRuleSchema } from './repository-schema.ts';

/** Triggers: what happens in a repository, and which agent is deployed by it. */

const { event, ref, workflow } = allowRuleSchema.shape;
const { agentId, clusterId, namespace, workload, container, image } = deploymentPlanSchema.shape;

const fields = {
  event,
  ref,
  workflow,
  ...{ agentId, clusterId, namespace, workload, container, image },
  tag: z
    .string()
    .trim()
    .min(1, 'Say which tag the image has.')
    .max(200)
    .regex(
      /^([A-Za-z0-9._-]|\{(sha|short_sha|ref|version)\})+$/,
      'Use letters, digits, dots, hyphens, and {sha}, {short_sha}, {ref} or {version}.',
    )
    .describe('Of the image: {sha}, {short_sha}, {ref} (branch or tag), {version} (a tag without its v)'),
  build: z
    .strictObject({
      workflow: z
        .string()
        .trim()
        .min(1, 'Name the workflow.')
        .max(200)
        .regex(/^[\w.-]+$/, 'Write the name of its file only, as in build.yml.')
        .describe('File name of the workflow that builds the image'),
      input: z
        .string()
        .trim()
        .regex(/^[\w-]{1,100}$/, 'This can be no input of a workflow.')
        .nullable()
        .default(null)
        .describe('The input that the workflow repeats in its run-name, by which its run is found'),
    })
    .nullable()
    .default(null)
    .describe('Started first; the version is deployed when it has succeeded'),
  isEnabled: z.boolean().default(true),
};

const workflowBelongs = {
  path: ['workflow'],
  message: 'A workflow belongs to workflow_run, and that needs one.',
};
const isWhole = (given: { event: string; workflow: string | null }) =>
  (given.event === 'workflow_run') === Boolean(given.workflow);

export const createTriggerSchema = z
  .strictObject({ repositoryId: z.uuid(), ...fields })
  .refine(isWhole, workflowBelongs);
/** The whole of it anew. */
export const updateTriggerSchema = z
  .strictObject({ id: z.uuid(), ...fields })
  .refine(isWhole, workflowBelongs);
export type TriggerValues = Omit<z.output<typeof updateTriggerSchema>, 'id'>;

export const runTriggerSchema = z.strictObject({
  id: z.uuid(),
  ref: z
    .string()
    .trim()
    .min(1, 'Name a branch or a tag.')
    .max(200)
    .regex(/^[^\s\p{Cc}~^:?*[\]\\]+$/u, 'This can be no branch or tag.')
    .describe('A branch or tag, or a whole ref'),
});

const triggerRunSchema = z.object({
  id: z.uuid(),
  status: z.enum(TRIGGER_RUN_STATUSES),
  ref: z.string(),
  sha: z.string().nullable(),
  message: z.string().describe('Why it failed, in words'),
  hostRunId: z.int().nullable().describe('The run of the workflow that builds it'),
  deploymentId: z.uuid().nullable(),
  requestedBy: z.string(),
  createdAt: z.int(),
});
export type TriggerRunView = z.infer<typeof triggerRunSchema>;

const triggerViewSchema = z.object({
  id: z.uuid(),
  repositoryId: z.uuid(),
  event: z.enum(TRIGGER_EVENTS),
  ref: z.string(),
  workflow: z.string().nullable(),
  agent: z.object({ id: z.uuid(), name: z.string(), environment: z.string() }),
  cluster: z.object({ id: z.uuid(), name: z.string() }),
  namespace: z.string(),
  workload: z.string(),
  container: z.string(),
  image: z.string(),
  tag: z.string(),
  build: z.object({ workflow: z.string(), input: z.string().nullable() }).nullable(),
  isEnabled: z.boolean(),
  owner: z.string().describe('In whose name it deploys: who saved it last'),
  runs: z.array(triggerRunSchema).describe('The latest first'),
});
export type TriggerView = z.infer<typeof triggerViewSchema>;

export const triggerBodies = { TriggerList: z.object({ items: z.array(triggerViewSchema) }) };

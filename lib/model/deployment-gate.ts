import { z } from 'zod';
import { gateDefinitionSchema, gateJudgementSchema, versionSchema } from './gate.ts';

/**
 * Gates of deployments: a rollout that is over only once its version was judged by its own telemetry. The policy of an
 * environment says whether and how, or who asks for the deployment; times are Unix milliseconds.
 */

/** From when on the version is judged: once all of it is rolled out, or while the rollout goes on. */
const GATE_BEGINS = ['complete', 'applied'] as const;
/** What becomes of a deployment that its last look left undecided: a person decides, it fails, or it stays. */
const UNDECIDED = ['pause', 'fail', 'pass'] as const;

const fields = {
  definition: gateDefinitionSchema,
  durationSeconds: z
    .int()
    .min(10)
    .max(604_800)
    .describe('How long the version is judged; the looks are spread evenly over it'),
  begins: z
    .enum(GATE_BEGINS)
    .describe(
      'complete: once the rollout is complete; applied: while it goes on, so that both versions are compared in the same time; the last look waits until it is complete',
    ),
  onUndecided: z
    .enum(UNDECIDED)
    .describe(
      'Where the last look decides nothing. pause: waits until somebody decides, or holdMinutes are over',
    ),
  holdMinutes: z
    .int()
    .min(1)
    .max(20_160)
    .describe('After these a deployment that waits for a decision fails'),
};

export const deploymentGateSchema = z.strictObject({
  definition: fields.definition.prefault({}),
  durationSeconds: fields.durationSeconds.default(600),
  begins: fields.begins.default('complete'),
  onUndecided: fields.onUndecided.default('pause'),
  holdMinutes: fields.holdMinutes.default(1440),
});
export type DeploymentGate = z.output<typeof deploymentGateSchema>;

/** What counts for what a deployment asks for without saying more. */
export const DEFAULT_GATE: DeploymentGate = deploymentGateSchema.parse({});

const versions = {
  version: versionSchema.optional().describe('The new version as its telemetry names it; default: the tag'),
  baselineVersion: versionSchema
    .optional()
    .describe('The version to compare with, as telemetry names it; default: what runs before'),
};

/** What a deployment may ask for itself; what it leaves out is as the policy of its environment has it. */
export const askedGateSchema = z.strictObject({
  definition: fields.definition.optional(),
  durationSeconds: fields.durationSeconds.optional(),
  begins: fields.begins.optional(),
  onUndecided: fields.onUndecided.optional(),
  holdMinutes: fields.holdMinutes.optional(),
  ...versions,
});
export type AskedGate = z.output<typeof askedGateSchema>;

/** The gate of one deployment, as it was when that was asked for. */
export const keptGateSchema = deploymentGateSchema.extend(versions);
export type KeptGate = z.output<typeof keptGateSchema>;

/** `error`: nothing could be asked; that takes a look as any other does. */
export const LOOK_VERDICTS = ['pass', 'fail', 'inconclusive', 'error'] as const;
export type LookVerdict = (typeof LOOK_VERDICTS)[number];

/** How far a gate is. */
export const GATE_STATES = [
  'waiting',
  'judging',
  'held',
  'passed',
  'failed',
  'let_through',
  'skipped',
  'stopped',
] as const;
export type GateState = (typeof GATE_STATES)[number];

const timeMs = z.int().describe('Unix milliseconds');

const lookSchema = z.object({
  look: z.int(),
  at: timeMs,
  verdict: z.enum(LOOK_VERDICTS),
  reason: z.string(),
  judgement: gateJudgementSchema.nullable().describe('Null where nothing could be asked'),
});

/** What a deployment shows of its gate. */
export const gateViewSchema = z.object({
  state: z
    .enum(GATE_STATES)
    .describe(
      'waiting: for the rollout; held: until somebody decides; let_through: by somebody; skipped: nothing to compare with; stopped: the deployment ended otherwise',
    ),
  gate: keptGateSchema,
  version: z.string(),
  baselineVersion: z.string().nullable().describe('Known once it is judged'),
  startedAt: timeMs.nullable(),
  endsAt: timeMs.nullable().describe('When the last look is taken'),
  nextLookAt: timeMs.nullable(),
  heldUntil: timeMs.nullable().describe('When it fails unless somebody decides'),
  letThroughBy: z.string().nullable(),
  looks: z.array(lookSchema).describe('The looks so far with their verdicts'),
});
export type GateView = z.infer<typeof gateViewSchema>;

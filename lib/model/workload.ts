import { z } from 'zod';
import { abilitySchema } from './agent-view.ts';

/**
 * The running workload of an agent as people see it: its pods and what is wrong with them, what the cluster tells of
 * it, what scales it, and what may be done. Times are Unix milliseconds.
 */

const timeMs = z.int().describe('Unix milliseconds');

/** Where a workload is. */
export const workloadAddressSchema = z.object({
  teamId: z.uuid(),
  clusterId: z.uuid(),
  namespace: z.string(),
  name: z.string(),
});
export type WorkloadAddress = z.infer<typeof workloadAddressSchema>;

const containerSchema = z.object({
  name: z.string(),
  image: z.string(),
  isInit: z.boolean(),
  isReady: z.boolean(),
  restarts: z.int(),
  hasPrevious: z.boolean().describe('It ran before: the log of that is kept'),
});

const POD_STATES = ['ready', 'starting', 'failing', 'ending', 'ended'] as const;

const podSchema = z.object({
  name: z.string(),
  state: z.enum(POD_STATES),
  says: z.string().describe('How it is, or what is wrong with it, in words'),
  isCurrent: z.boolean().describe('Of the version that is wanted now'),
  restarts: z.int(),
  node: z.string().nullable(),
  startedAt: timeMs.nullable(),
  containers: z.array(containerSchema),
});
export type PodView = z.infer<typeof podSchema>;

const workloadEventSchema = z.object({
  isWarning: z.boolean(),
  about: z.string().describe('Kind and name of what it is about'),
  reason: z.string(),
  message: z.string(),
  count: z.int(),
  lastSeenAt: timeMs,
});
export type WorkloadEvent = z.infer<typeof workloadEventSchema>;

const autoscalerMetricSchema = z.object({
  key: z.string().describe('Names the metric when its target is changed'),
  says: z.string().describe('What is measured, in words'),
  target: z.string(),
  unit: z
    .enum(['percent', 'quantity'])
    .describe('What the target is: a whole percentage, or a quantity as 500m'),
  current: z.string().nullable().describe('Null: not known'),
  unknownReason: z.string().nullable().describe('Why it is not known, in the words of the cluster'),
});

const autoscalerSchema = z.object({
  name: z.string(),
  minReplicas: z.int(),
  maxReplicas: z.int(),
  currentReplicas: z.int(),
  desiredReplicas: z.int().nullable().describe('Null: it has not measured anything yet'),
  metrics: z.array(autoscalerMetricSchema),
  trouble: z.string().nullable().describe('Why it does not scale now, in the words of the cluster'),
});
export type AutoscalerView = z.infer<typeof autoscalerSchema>;

export const WORKLOAD_ACTIONS = ['readLogs', 'restart', 'scale', 'pause', 'resume', 'setAutoscaler'] as const;
export type WorkloadAction = (typeof WORKLOAD_ACTIONS)[number];

/** What the credentials may do there, as the cluster says (deployment S-73). */
const allowedSchema = z.object({ isAllowed: z.boolean(), reason: z.string().nullable() });
export const CLUSTER_RIGHTS = ['readLogs', 'change', 'scale', 'setAutoscaler'] as const;
export type ClusterRight = (typeof CLUSTER_RIGHTS)[number];

/** A workload as a worker reads it. */
export const workloadReadingSchema = z.object({
  says: z.string().describe('How far its version is, in words'),
  health: z.enum(['healthy', 'degraded', 'unavailable']),
  isPaused: z.boolean(),
  replicas: z.object({ desired: z.int(), updated: z.int(), available: z.int(), old: z.int() }),
  pods: z.array(podSchema),
  podsLeftOut: z.int(),
  events: z.array(workloadEventSchema),
  eventsUnknown: z.string().nullable().describe('Why events could not be read'),
  autoscalers: z.array(autoscalerSchema),
  autoscalersUnknown: z.string().nullable().describe('Why it is not known whether something scales it'),
  revertWarning: z.string().nullable().describe('Who would revert what is changed here'),
  rights: z.record(z.enum(CLUSTER_RIGHTS), allowedSchema),
  readAt: timeMs,
});
export type WorkloadReading = z.infer<typeof workloadReadingSchema>;

export const workloadViewSchema = workloadReadingSchema.omit({ rights: true }).extend({
  agentId: z.uuid(),
  cluster: z.object({ id: z.uuid(), name: z.string() }),
  namespace: z.string(),
  name: z.string(),
  deployment: z
    .object({ id: z.uuid(), version: z.string() })
    .nullable()
    .describe('The deployment that is under way'),
  can: z.record(z.enum(WORKLOAD_ACTIONS), abilitySchema),
});
export type WorkloadView = z.infer<typeof workloadViewSchema>;

/** Names of pods, containers and autoscalers, as clusters give them. */
const objectName = z
  .string()
  .max(253)
  .regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/, 'This is no name of an object.');

const agentId = z.uuid();
const replicas = z.int().min(0).max(1000);
/** As Kubernetes writes quantities: `500m`, `1k`, `2Gi`, or of a percentage the bare number. */
const target = z
  .string()
  .trim()
  .regex(/^\d{1,9}(\.\d{1,3})?(m|k|M|G|T|Ki|Mi|Gi|Ti)?$/, 'Write a number, as 80 or 500m.');

export const ofAgentSchema = z.strictObject({ agentId });
export const scaleSchema = z.strictObject({ agentId, replicas });
export const setAutoscalerSchema = z
  .strictObject({
    agentId,
    autoscaler: objectName,
    minReplicas: z.int().min(1).max(1000).optional(),
    maxReplicas: z.int().min(1).max(1000).optional(),
    targets: z
      .array(z.strictObject({ metric: z.string().max(600), target }))
      .max(20)
      .default([]),
  })
  .refine(({ minReplicas = 1, maxReplicas = 1000 }) => minReplicas <= maxReplicas, {
    path: ['maxReplicas'],
    message: 'At most must not be less than at least.',
  });

/** What a worker is asked to do to a workload. */
export const workloadActSchema = z.discriminatedUnion('is', [
  z.object({ is: z.literal('restart'), atMs: z.int() }),
  z.object({ is: z.literal('scale'), replicas: z.int() }),
  z.object({ is: z.literal('pause') }),
  z.object({ is: z.literal('resume') }),
  z.object({
    is: z.literal('setAutoscaler'),
    autoscaler: z.string(),
    minReplicas: z.int().optional(),
    maxReplicas: z.int().optional(),
    targets: z.array(z.object({ metric: z.string(), target: z.string() })),
  }),
]);
export type WorkloadAct = z.infer<typeof workloadActSchema>;

const told = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]));
/** What came of it: what was so before and is so now, for the ledger, and words for whoever asked. */
export const workloadDoneSchema = z.object({ before: told, after: told, says: z.string() });

/** Lines of a log that are shown first, and at most in one answer. */
const FIRST_LINES = 20;
const MOST_LINES = 1000;

export const logSchema = z.strictObject({
  agentId,
  pod: objectName,
  container: objectName,
  previous: z
    .enum(['true', 'false'])
    .default('false')
    .describe('true: of the container before its last restart'),
  tail: z.coerce
    .number()
    .int()
    .min(1)
    .max(MOST_LINES)
    .default(FIRST_LINES)
    .describe('Without a cursor: the last lines'),
  follow: z.enum(['true', 'false']).default('false').describe('true: waits a few seconds for a first line'),
  cursor: z.string().max(200).optional().describe('Goes on after the answer that it came with'),
});

/** Up to where a log has been told: lines of that millisecond that were told already are not told again. */
const logPlaceSchema = z.object({ atMs: z.int(), told: z.int() });
export type LogPlace = z.infer<typeof logPlaceSchema>;

export const logQuestionSchema = z.object({
  at: workloadAddressSchema,
  pod: z.string(),
  container: z.string(),
  isPrevious: z.boolean(),
  tail: z.int(),
  follow: z.boolean(),
  /** Names the reader of a followed log: a worker keeps it open between two questions. */
  reader: z.string(),
  after: logPlaceSchema.nullable(),
});
export type LogQuestion = z.infer<typeof logQuestionSchema>;

const logLineSchema = z.object({ at: timeMs, text: z.string() });
export type WorkloadLogLine = z.infer<typeof logLineSchema>;

export const logAnswerSchema = z.object({
  lines: z.array(logLineSchema),
  after: logPlaceSchema.nullable(),
  isEnded: z.boolean(),
});
export type LogAnswer = z.infer<typeof logAnswerSchema>;

export const workloadBodies = {
  Workload: workloadViewSchema,
  WorkloadChanged: z.object({
    says: z.string().describe('What was done'),
    isCertain: z.boolean().describe('False: the cluster did not answer in time, so it may have been done'),
  }),
  WorkloadLog: z.object({
    lines: z.array(logLineSchema),
    cursor: z.string().describe('Asks for what comes after'),
    isEnded: z.boolean().describe('The container has ended: nothing follows'),
  }),
};
export type WorkloadLog = z.infer<typeof workloadBodies.WorkloadLog>;
export type WorkloadChanged = z.infer<typeof workloadBodies.WorkloadChanged>;

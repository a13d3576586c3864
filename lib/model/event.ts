import { z } from 'zod';
import { AGENT_STATUSES } from './agent.ts';
import { ALERT_STATUSES, SEVERITIES } from './alert.ts';
import { DEPLOYMENT_STATUSES } from './deployment-status.ts';

/**
 * The event contract: what processes tell each other over the event bus. Every payload is parsed at
 * the receiving side; an unknown type is ignored, so old and new processes can run side by side.
 */

/** Channels of the bus. `live` carries frequent, lossy state; the others carry rare events. */
export const channels = {
  /** Live ticks of one team, published by ingest, summed by realtime. */
  live: (teamId: string) => `live:${teamId}`,
  /** Things that happened in one team: agents appear, change health, are edited. */
  events: (teamId: string) => `events:${teamId}`,
  /** Revocations that every process must hear within seconds. */
  control: 'control',
  /** Whose sockets each realtime process holds, so that all of them together keep a person's cap. */
  connections: 'connections',
  /** What is asked of workers: who is free says so, and one of them is asked. */
  questions: 'questions',
  /** What one worker is asked. */
  questionsTo: (worker: string) => `questions:${worker}`,
  /** What workers answer to one process; large and of the moment, so that they go the short way of `live`. */
  answers: (asker: string) => `answers:${asker}`,
  /** "There is work": spares a loop of the workers its wait. Losing one costs a moment, never work. */
  wake: (queue: WakeQueue) => `wake:${queue}`,
} as const;

/** What loops can be woken for: rules to evaluate, groups to notify, pages to make, messages to send. */
export type WakeQueue = 'evaluate' | 'groups' | 'escalations' | 'deliveries';

/**
 * What one ingest process saw of one team since its last tick, column by column; row i is agent
 * `agentIds[i]`. All numbers are increments except `lastSeenMs`, so ticks of several writers add up.
 */
export interface LiveTick {
  v: 1;
  /** Identifies the publishing process; changes when it restarts. */
  writer: string;
  /** Counts the ticks of this writer and team from 1; a gap means a lost tick. */
  seq: number;
  /** End of the tick, Unix milliseconds. */
  at: number;
  /** When the oldest sample in the tick was received, Unix milliseconds: the basis of the shown delay. */
  oldest: number;
  /** True when earlier ticks counted something that was not stored: receivers reload from the store. */
  resync?: true;
  agentIds: string[];
  /** Agent runs that ended. */
  requests: number[];
  errors: number[];
  modelCalls: number[];
  toolCalls: number[];
  inputTokens: number[];
  outputTokens: number[];
  /** Micro-dollars, integer: of the calls that a price is known of. */
  costMicros: number[];
  /** Calls with tokens of which no price is known. */
  unpricedCalls: number[];
  lastSeenMs: number[];
  /** Sparse sketch of run durations in ms: [bin, count, bin, count, ...] (lib/telemetry sketch bins). */
  durations: number[][];
  /** Last value of OTLP gauges and counters (sum over streams) seen in the tick: [agent row, metric index, value]. */
  metricNames: string[];
  metrics: [agentRow: number, metricIndex: number, value: number][];
}

export const teamEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('agent.changed'), agentId: z.uuid() }),
  z.object({ type: z.literal('agent.deleted'), agentId: z.uuid() }),
  z.object({
    type: z.literal('agent.health'),
    agentId: z.uuid(),
    from: z.enum(AGENT_STATUSES),
    to: z.enum(AGENT_STATUSES),
    reason: z.string(),
    at: z.number(),
  }),
  /** An alert is new or different. `version` grows with every change, so that an older one never wins. */
  z.object({
    type: z.literal('alert.changed'),
    alertId: z.uuid(),
    version: z.number(),
    status: z.enum(ALERT_STATUSES),
    severity: z.enum(SEVERITIES),
    title: z.string(),
    agentId: z.uuid().nullable(),
    at: z.number(),
  }),
  /** So many alerts changed at once that none is named: whoever shows alerts reads them again. */
  z.object({ type: z.literal('alerts.changed'), count: z.int(), at: z.number() }),
  /** A deployment is new or different. `seq` grows with every change, so that an older one never wins (deployment S-66). */
  z.object({
    type: z.literal('deployment.changed'),
    deploymentId: z.uuid(),
    agentId: z.uuid().nullable(),
    seq: z.number(),
    status: z.enum(DEPLOYMENT_STATUSES),
    at: z.number(),
  }),
  /** What is found in a cluster, or how current that is, is different: whoever shows it reads it again (deployment S-84). */
  z.object({ type: z.literal('cluster.changed'), clusterId: z.uuid(), at: z.number() }),
  /** What is asked for an agent's replicas, or what became of it, is new. */
  z.object({ type: z.literal('scaling.changed'), agentId: z.uuid(), policyId: z.uuid(), at: z.number() }),
]);
export type TeamEvent = z.infer<typeof teamEventSchema>;

/** What events tell of that is not for everybody in a team. */
export const GUARDED_SUBJECTS = ['alerts', 'deployments', 'clusters'] as const;
export type GuardedSubject = (typeof GUARDED_SUBJECTS)[number];

/** What an event tells of. */
export const eventSubject = (event: TeamEvent): 'agent' | GuardedSubject => {
  if (event.type === 'deployment.changed' || event.type === 'scaling.changed') return 'deployments';
  if (event.type === 'cluster.changed') return 'clusters';
  return event.type === 'alert.changed' || event.type === 'alerts.changed' ? 'alerts' : 'agent';
};

/** Whether an event tells of an agent: then it names one. */
export const isAboutAgent = (
  event: TeamEvent,
): event is Extract<TeamEvent, { type: 'agent.changed' | 'agent.deleted' | 'agent.health' }> =>
  eventSubject(event) === 'agent';

export const controlEventSchema = z.discriminatedUnion('type', [
  /** Sessions that ended; `sessionIds` empty means all sessions of the user. */
  z.object({ type: z.literal('sessions.revoked'), userId: z.uuid(), sessionIds: z.array(z.uuid()) }),
  z.object({ type: z.literal('api-key.revoked'), keyId: z.uuid() }),
  /** Roles or memberships of a user changed: cached actors and sockets must be rebuilt. */
  z.object({ type: z.literal('access.changed'), userId: z.uuid() }),
  /** Settings of the installation changed: every process reads them again. */
  z.object({ type: z.literal('settings.changed') }),
]);
export type ControlEvent = z.infer<typeof controlEventSchema>;

/** What one realtime process holds of some users; in place of what it said of them before. */
export const connectionsNoteSchema = z.object({
  /** Names the process; changes when it restarts. */
  writer: z.string().min(1),
  /** True asks the others to tell everything that they hold. */
  asks: z.boolean(),
  /** Each user with the times at which the sockets were let in, Unix milliseconds; none: none is left. */
  users: z.array(z.tuple([z.uuid(), z.array(z.number())])),
});

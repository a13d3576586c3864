import { z } from 'zod';
import { AGENT_SOURCES, AGENT_STATUSES } from './agent.ts';
import { plainText } from './agent-schema.ts';
import { momentMs } from './time-schema.ts';

/**
 * What pages and the API are shown of agents. The schemas are the answer bodies of the API; times are
 * Unix milliseconds.
 */

const timeMs = z.int().describe('Unix milliseconds');
const named = z.object({ id: z.uuid(), name: z.string() });

/** One agent in a list. */
export const agentRowSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  type: z.string(),
  environment: z.string(),
  namespace: z.string(),
  status: z.enum(AGENT_STATUSES),
  /** The status in words: why it is what it is. */
  statusReason: z.string(),
  statusSince: timeMs,
  version: z.string().nullable(),
  owner: named.nullable(),
  source: z.enum(AGENT_SOURCES),
  lastTelemetryAt: timeMs.nullable(),
  team: named,
});
export type AgentRow = z.infer<typeof agentRowSchema>;

/** Whether something may be done to an agent now, and if not, why, for the disabled button. */
export const abilitySchema = z.union([
  z.object({ allowed: z.literal(true) }),
  z.object({ allowed: z.literal(false), reason: z.string() }),
]);
export type Ability = z.infer<typeof abilitySchema>;

export const AGENT_ACTIONS = ['update', 'delete', 'claim', 'start', 'stop'] as const;
export type AgentAction = (typeof AGENT_ACTIONS)[number];

/** What the last health checks saw. */
const healthSignalsSchema = z.object({
  checkedAt: timeMs.nullable(),
  probe: z
    .object({
      ok: z.boolean(),
      /** HTTP status, null when no answer came. */
      status: z.int().nullable(),
      latencyMs: z.number(),
      message: z.string(),
    })
    .nullable(),
  failedProbes: z.int(),
  /** Runs and failed ones of the last 5 minutes, or calls of an agent that has no runs; null when none ended. */
  runs: z.object({ total: z.int(), failed: z.int(), of: z.enum(['run', 'model', 'tool']) }).nullable(),
});
export type HealthSignals = z.infer<typeof healthSignalsSchema>;

/** One agent with everything its page shows beside charts and runs. */
export const agentDetailSchema = agentRowSchema.extend({
  description: z.string(),
  convention: z.string().nullable(),
  /** Addresses lose user names, passwords and queries for people who may not change them. */
  healthUrl: z.string().nullable(),
  controlUrl: z.string().nullable(),
  kubernetesNamespace: z.string().nullable(),
  kubernetesDeployment: z.string().nullable(),
  replicas: z.int(),
  cpuLimit: z.string().nullable(),
  memoryLimit: z.string().nullable(),
  healthIntervalSeconds: z.int().nullable(),
  healthTimeoutSeconds: z.int().nullable(),
  /** Set while a start or stop waits for telemetry or the probe to confirm it. */
  desiredState: z.enum(['running', 'stopped']).nullable(),
  desiredSince: timeMs.nullable(),
  health: healthSignalsSchema,
  createdAt: timeMs,
  /** Send it back with a change to be told when somebody else changed the agent in between. */
  updatedAt: timeMs,
  can: z.record(z.enum(AGENT_ACTIONS), abilitySchema),
});
export type AgentDetail = z.infer<typeof agentDetailSchema>;

/** One change of an agent's status. */
export const transitionRowSchema = z.object({
  id: z.uuid(),
  agentId: z.uuid(),
  agentName: z.string(),
  from: z.enum(AGENT_STATUSES),
  to: z.enum(AGENT_STATUSES),
  reason: z.string(),
  at: timeMs,
});
export type TransitionRow = z.infer<typeof transitionRowSchema>;

/** A named filter and order of the list of agents; `query` are search parameters of its address. */
export interface SavedView {
  id: string;
  name: string;
  query: string;
}

/** One change of the version that an agent's telemetry names. */
export interface VersionChange {
  from: string;
  to: string;
  /** When telemetry of the new version first came, Unix milliseconds. */
  at: number;
}

/** How many agents a team has in each status. */
export const fleetCountsSchema = z.object({
  total: z.int(),
  /** Agents in error, unreachable or degraded. */
  attention: z.int(),
  byStatus: z.record(z.enum(AGENT_STATUSES), z.int()),
});
export type FleetCounts = z.infer<typeof fleetCountsSchema>;

const facet = z.array(z.object({ value: z.string(), label: z.string(), count: z.int() }));
/** The values a list can be narrowed to, with how many agents each leaves. */
export const agentFacetsSchema = z.object({
  environment: facet,
  type: facet,
  source: facet,
  owner: facet,
});
export type AgentFacets = z.infer<typeof agentFacetsSchema>;

/** A page of a list; `nextCursor` is null on the last one. */
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() });
export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

const fromCommas = <T extends z.ZodType>(item: T) =>
  z.preprocess((given) => (typeof given === 'string' ? given.split(',') : given), z.array(item).max(20));

export const AGENT_SORTS = [
  'attention',
  'name',
  'status',
  'statusSince',
  'lastTelemetry',
  'created',
  'environment',
  'type',
  'version',
  'owner',
] as const;

const cursor = z.string().max(1024).optional();
const limit = (highest: number) => z.coerce.number().int().min(1).max(highest).default(100);

/** How a list of agents is narrowed and ordered. */
export const agentListSchema = z.strictObject({
  q: plainText(128).optional().describe('Part of the name, type, namespace or version'),
  status: fromCommas(z.enum(AGENT_STATUSES)).optional().describe('Statuses, comma separated'),
  environment: fromCommas(plainText(64)).optional().describe('Environments, comma separated'),
  type: fromCommas(plainText(64)).optional().describe('Types, comma separated'),
  source: z.enum(AGENT_SOURCES).optional(),
  owner: z
    .union([z.uuid(), z.literal('none'), z.literal('me')])
    .optional()
    .describe('The id of a person, "me", or "none" for agents nobody has claimed'),
  sort: z.enum(AGENT_SORTS).default('attention'),
  order: z.enum(['asc', 'desc']).default('asc'),
  cursor,
  limit: limit(1000),
});
export type AgentListQuery = z.infer<typeof agentListSchema>;

/** Newest transitions first. */
export const transitionListSchema = z.strictObject({
  agentId: z.uuid().optional(),
  to: fromCommas(z.enum(AGENT_STATUSES)).optional().describe('Statuses reached, comma separated'),
  environment: plainText(64).optional(),
  from: momentMs.optional().describe('Unix milliseconds'),
  until: momentMs.optional().describe('Unix milliseconds'),
  cursor,
  limit: limit(500),
});

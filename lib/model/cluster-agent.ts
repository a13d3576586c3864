import { z } from 'zod';
import { pageOf } from './agent-view.ts';

/**
 * Agents as they are found in clusters: what one is there, what can be done with it, and how sure that is. Times are
 * Unix milliseconds.
 */

/**
 * `missing`: it is no longer there, since at most five minutes; `archived`: since longer. Whoever is back is `present`
 * again.
 */
export const PRESENCES = ['present', 'missing', 'archived'] as const;

/** Kinds of workloads that run the pods of an agent. */
export const AGENT_WORKLOADS = ['Deployment', 'StatefulSet'] as const;

const timeMs = z.int().describe('Unix milliseconds');

/** Who has the last word about an agent in its cluster. */
export const KEEPERS = ['Pitwall', 'kagent', 'Argo CD', 'Flux', 'Helm'] as const;

const VERSION_SOURCES = ['digest', 'label', 'tag', 'spec', 'revision'] as const;

const capabilitiesSchema = z.object({
  deployable: z.boolean().describe('A version can be applied to its Deployment'),
  scalable: z
    .enum(['workload', 'source', 'no'])
    .describe('workload: through its Deployment or StatefulSet; source: through the object that owns it'),
  logs: z.boolean(),
  card: z.boolean().describe('It serves an agent card'),
  metrics: z.boolean().describe('It says where its metrics are'),
});
export type AgentCapabilities = z.infer<typeof capabilitiesSchema>;

/** What is found of an agent beside what identifies it. */
export interface AgentFacts {
  displayName: string;
  image: string | null;
  /** Of the image that runs, or else of the one that is to run. */
  digest: string | null;
  version: string | null;
  versionFrom: (typeof VERSION_SOURCES)[number] | null;
  managedBy: { tool: (typeof KEEPERS)[number]; name: string | null } | null;
  capabilities: AgentCapabilities;
  /** Pods that are wanted and that are ready; null where it has none of its own. */
  replicas: number | null;
  readyReplicas: number | null;
  /** Why it is not ready, as its own object says. */
  condition: string | null;
  /** How its telemetry may call it. */
  telemetry: {
    /** The id in the console, where a label says it. */
    agentId: string | null;
    names: string[];
    serviceNamespace: string | null;
    environment: string | null;
  };
}

/** Where an agent was found; the same words stand for the same agent, whatever was deleted and made anew. */
export interface AgentPlace {
  namespace: string;
  /** Group and kind of the object that stands for it; the core group is ''. */
  group: string;
  kind: string;
  name: string;
}

/** How current what is known of one kind in one namespace is. */
export const clusterWatchSchema = z.object({
  namespace: z.string(),
  group: z.string(),
  kind: z.string(),
  apiVersion: z.string().describe('As the cluster prefers it'),
  staleSince: timeMs.nullable().describe('Since when it may be out of date; null: it is current'),
  problem: z.string().nullable().describe('Why, in the words of the cluster'),
  missingVerbs: z.array(z.string()).describe('What the credentials may not do'),
});
export type ClusterWatch = z.infer<typeof clusterWatchSchema>;

const matchSchema = z.object({ id: z.uuid(), name: z.string(), environment: z.string() });

const clusterAgentSchema = z.object({
  id: z.uuid(),
  cluster: z.object({ id: z.uuid(), name: z.string() }),
  namespace: z.string(),
  group: z.string(),
  kind: z.string(),
  name: z.string(),
  displayName: z.string(),
  incarnation: z.int().describe('Grows when it is deleted and made anew'),
  agent: z
    .object({ id: z.uuid(), name: z.string() })
    .nullable()
    .describe('The agent of the console that it is; null: nobody has adopted it'),
  matches: z.array(matchSchema).describe('Agents of the console that it may be'),
  presence: z.enum(PRESENCES),
  missingSince: timeMs.nullable(),
  archivedAt: timeMs.nullable(),
  staleSince: timeMs.nullable().describe('Since when all of this may be out of date'),
  workload: z.object({ kind: z.enum(AGENT_WORKLOADS), name: z.string() }).nullable(),
  image: z.string().nullable(),
  digest: z.string().nullable(),
  version: z.string().nullable(),
  versionFrom: z.enum(VERSION_SOURCES).nullable(),
  managedBy: z.object({ tool: z.enum(KEEPERS), name: z.string().nullable() }).nullable(),
  capabilities: capabilitiesSchema,
  replicas: z.int().nullable(),
  readyReplicas: z.int().nullable(),
  condition: z.string().nullable(),
  foundAt: timeMs,
});
export type ClusterAgent = z.infer<typeof clusterAgentSchema>;

export const clusterAgentListSchema = z.strictObject({
  clusterId: z.uuid().optional(),
  agentId: z.uuid().optional().describe('What one agent of the console is in clusters'),
  isClaimed: z
    .preprocess((given) => (given === 'true' ? true : given === 'false' ? false : given), z.boolean())
    .optional(),
  isArchived: z
    .preprocess((given) => (given === 'true' ? true : given === 'false' ? false : given), z.boolean())
    .default(false)
    .describe('Those that are gone for longer than five minutes, instead of the others'),
  limit: z.coerce.number().int().min(1).max(200).default(100),
  cursor: z.uuid().optional(),
});

const clusterViewOfWatchesSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  namespaces: z.array(z.string()),
  autoAdoptNamespaces: z.array(z.string()).describe('Whatever is found there is adopted by itself'),
  isWatched: z.boolean().describe('A worker watches it now'),
  staleSince: timeMs.nullable().describe('Since when nothing or not all of it is current'),
  problem: z.string().nullable(),
  watches: z.array(clusterWatchSchema),
});
export type WatchedCluster = z.infer<typeof clusterViewOfWatchesSchema>;

export const adoptSchema = z.strictObject({
  id: z.uuid(),
  agentId: z
    .uuid()
    .optional()
    .describe('The agent that it is; default: the one that its name and labels say, or else a new one'),
});

export const autoAdoptionSchema = z.strictObject({
  id: z.uuid(),
  namespaces: z
    .array(z.string().max(63))
    .max(50)
    .describe('Whatever is found there is adopted by itself; the others wait for somebody'),
});

/** The bodies that `/api/v1` answers with about agents that were found in clusters. */
export const clusterAgentBodies = {
  ClusterAgentPage: pageOf(clusterAgentSchema),
  WatchedClusters: z.object({ items: z.array(clusterViewOfWatchesSchema) }),
  ClusterAgentAdopted: z.object({ id: z.uuid(), agentId: z.uuid(), isNew: z.boolean() }),
  ClusterAgentId: z.object({ id: z.uuid() }),
};

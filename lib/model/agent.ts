import { z } from 'zod';

/**
 * The vocabulary of the system: types, enums, zod schemas and the event contract. Everything may
 * import this room; it imports nothing of ours.
 */

export const AGENT_STATUSES = [
  'running',
  'stopped',
  'error',
  'deploying',
  'scaling',
  'degraded',
  'unreachable',
] as const;
export type AgentStatus = (typeof AGENT_STATUSES)[number];

/** How an agent came to be known: by its own telemetry, or made by hand in the console or the API. */
export const AGENT_SOURCES = ['discovered', 'manual'] as const;
export type AgentSource = (typeof AGENT_SOURCES)[number];

/**
 * The identity of an agent within its team: unique by (environment, service namespace, name).
 * Environment is `deployment.environment.name` or `deployment.environment`, else `default`.
 */
export interface AgentIdentity {
  environment: string;
  serviceNamespace: string;
  name: string;
}

/** What a person may set of an agent; everything else is decided by the server. */
export const agentInputSchema = z.strictObject({
  name: z.string().trim().min(1, 'Give the agent a name').max(128),
  type: z.string().trim().min(1).max(64).default('agent'),
  environment: z.string().trim().min(1).max(64).default('default'),
  serviceNamespace: z.string().trim().max(128).default(''),
  description: z.string().trim().max(2000).default(''),
  healthUrl: z
    .url({ protocol: /^https?$/ })
    .max(2048)
    .nullable()
    .default(null),
  controlUrl: z
    .url({ protocol: /^https?$/ })
    .max(2048)
    .nullable()
    .default(null),
  kubernetesNamespace: z.string().trim().max(63).nullable().default(null),
  kubernetesDeployment: z.string().trim().max(253).nullable().default(null),
  replicas: z.int().min(0).max(1000).default(1),
  cpuLimit: z.string().trim().max(16).nullable().default(null),
  memoryLimit: z.string().trim().max(16).nullable().default(null),
  healthIntervalSeconds: z.int().min(5).max(3600).nullable().default(null),
  healthTimeoutSeconds: z.int().min(10).max(86_400).nullable().default(null),
});
export type AgentInput = z.infer<typeof agentInputSchema>;

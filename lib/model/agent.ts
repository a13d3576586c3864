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

/**
 * The identity of an agent within its team: unique by (environment, service namespace, name).
 * Environment is `deployment.environment.name` or `deployment.environment`, else `default`.
 */
export interface AgentIdentity {
  environment: string;
  serviceNamespace: string;
  name: string;
}

/**
 * The vocabulary of the system: types, enums, zod schemas and the event contract. Everything may
 * import this room; it imports nothing of ours.
 */
import { cutText } from './cut-text.ts';

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

/** How an agent came to be known: by its own telemetry or in a cluster, or made by hand in the console or the API. */
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

/** Longest name of an agent in UTF-16 code units, whoever gives it: a person, a key or its telemetry. */
export const MAX_AGENT_NAME = 128;

/** A name as an agent may carry it: a longer one is cut at a character, and ends with an ellipsis. */
export function boundedAgentName(name: string): string {
  if (name.length <= MAX_AGENT_NAME) return name;
  return `${cutText(name, MAX_AGENT_NAME - 1)}…`;
}

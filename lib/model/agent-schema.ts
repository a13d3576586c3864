import { z } from 'zod';
import { MAX_AGENT_NAME } from './agent.ts';

/** What people and machines may write of an agent; apart from `agent.ts`, which the browser loads too. */

/** Trimmed text of at most `max` characters; the gate refuses what PostgreSQL can't hold. */
export const plainText = (max: number, min = 0, tooShort?: string) =>
  z.string().trim().min(min, tooShort).max(max);

const httpUrl = z.url({ protocol: /^https?$/ }).max(2048);

const agentFields = {
  name: plainText(MAX_AGENT_NAME, 1, 'Give the agent a name'),
  type: plainText(64, 1),
  environment: plainText(64, 1),
  serviceNamespace: plainText(128),
  description: plainText(2000),
  healthUrl: httpUrl.nullable(),
  controlUrl: httpUrl.nullable(),
  kubernetesNamespace: plainText(63).nullable(),
  kubernetesDeployment: plainText(253).nullable(),
  replicas: z.int().min(0).max(1000),
  cpuLimit: plainText(16).nullable(),
  memoryLimit: plainText(16).nullable(),
  healthIntervalSeconds: z.int().min(5).max(3600).nullable(),
  healthTimeoutSeconds: z.int().min(10).max(86_400).nullable(),
};

/** What a person may set of an agent; everything else is decided by the server. */
export const agentInputSchema = z.strictObject({
  ...agentFields,
  type: agentFields.type.default('agent'),
  environment: agentFields.environment.default('default'),
  serviceNamespace: agentFields.serviceNamespace.default(''),
  description: agentFields.description.default(''),
  healthUrl: agentFields.healthUrl.default(null),
  controlUrl: agentFields.controlUrl.default(null),
  kubernetesNamespace: agentFields.kubernetesNamespace.default(null),
  kubernetesDeployment: agentFields.kubernetesDeployment.default(null),
  replicas: agentFields.replicas.default(1),
  cpuLimit: agentFields.cpuLimit.default(null),
  memoryLimit: agentFields.memoryLimit.default(null),
  healthIntervalSeconds: agentFields.healthIntervalSeconds.default(null),
  healthTimeoutSeconds: agentFields.healthTimeoutSeconds.default(null),
});
export type AgentInput = z.infer<typeof agentInputSchema>;

/** A change of an agent: only the fields that are given change. */
export const agentPatchSchema = z.strictObject(agentFields).partial();

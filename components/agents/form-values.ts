import type { AgentInput } from '#lib/model/agent-schema.ts';
import type { AgentDetail } from '#lib/model/agent-view.ts';

const NULLABLE_TEXT = [
  'healthUrl',
  'controlUrl',
  'kubernetesNamespace',
  'kubernetesDeployment',
  'cpuLimit',
  'memoryLimit',
] as const;
const NULLABLE_NUMBER = ['healthIntervalSeconds', 'healthTimeoutSeconds'] as const;
const TEXT = ['name', 'type', 'environment', 'serviceNamespace', 'description'] as const;

/** The names of the form's fields are those of the input schema. */
export type AgentField =
  | (typeof TEXT)[number]
  | (typeof NULLABLE_TEXT)[number]
  | (typeof NULLABLE_NUMBER)[number]
  | 'replicas';

/** Fields that are disabled are not sent and stay as they are; a new agent's form always sends the name. */
export type AgentFormValues = Partial<AgentInput> & { name: string };

/**
 * What a form says, in the shape of the input schema: an empty field is null where null means "not set".
 * A number that isn't one stays as NaN, for the schema to refuse in words.
 */
export function formValues(form: { get(name: string): unknown }): AgentFormValues {
  const text = (name: AgentField) => {
    const value = form.get(name);
    return typeof value === 'string' ? value.trim() : undefined;
  };
  const values: Record<string, unknown> = {};
  for (const name of TEXT) values[name] = text(name);
  for (const name of NULLABLE_TEXT) values[name] = text(name) || null;
  for (const name of NULLABLE_NUMBER) values[name] = text(name) ? Number(text(name)) : null;
  values.replicas = Number(text('replicas') || 1);
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined),
  ) as AgentFormValues;
}

/** What an agent's form starts with. */
export function startValues(agent: AgentDetail | null): Record<AgentField, string> {
  const say = (value: string | number | null | undefined) =>
    value === null || value === undefined ? '' : String(value);
  return {
    name: say(agent?.name),
    type: say(agent?.type ?? 'agent'),
    environment: say(agent?.environment ?? 'default'),
    serviceNamespace: say(agent?.namespace),
    description: say(agent?.description),
    healthUrl: say(agent?.healthUrl),
    controlUrl: say(agent?.controlUrl),
    kubernetesNamespace: say(agent?.kubernetesNamespace),
    kubernetesDeployment: say(agent?.kubernetesDeployment),
    replicas: say(agent?.replicas ?? 1),
    cpuLimit: say(agent?.cpuLimit),
    memoryLimit: say(agent?.memoryLimit),
    healthIntervalSeconds: say(agent?.healthIntervalSeconds),
    healthTimeoutSeconds: say(agent?.healthTimeoutSeconds),
  };
}

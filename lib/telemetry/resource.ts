import { boundedAgentName } from '#lib/model/agent.ts';
import { LIMITS, type RawAttributes } from './otlp/raw.ts';
import { truncatedText } from './otlp/text.ts';

/** Who sent an item, from the attributes of its resource. */
export interface ServiceIdentity {
  /** `deployment.environment.name` or `deployment.environment`, else `default`. */
  environment: string;
  /** Empty when none is sent. */
  serviceNamespace: string;
  /** `unknown_service` when none is sent, as the specification of OpenTelemetry says. */
  serviceName: string;
  serviceVersion: string | null;
  /** Tells replicas apart: service.instance.id, k8s.pod.name or host.name; empty when none is sent. */
  instance: string;
}

const services = new WeakMap<RawAttributes, ServiceIdentity>();

/** Reads the identity of a resource; once per resource, however many items it has. */
export function serviceOf(resource: RawAttributes): ServiceIdentity {
  const known = services.get(resource);
  if (known !== undefined) return known;
  const first = (keys: readonly string[], maxBytes: number): string => {
    for (const key of keys) {
      const value = resource.get(key);
      const text = typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
      if (text !== '') return truncatedText(text, maxBytes);
    }
    return '';
  };
  const service: ServiceIdentity = {
    environment: first(['deployment.environment.name', 'deployment.environment'], 64) || 'default',
    serviceNamespace: first(['service.namespace'], 128),
    // An agent that is not named otherwise is called by it.
    serviceName: boundedAgentName(first(['service.name'], LIMITS.nameBytes)) || 'unknown_service',
    serviceVersion: first(['service.version'], 128) || null,
    instance: first(['service.instance.id', 'k8s.pod.name', 'host.name'], 128),
  };
  services.set(resource, service);
  return service;
}

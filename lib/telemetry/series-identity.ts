import { boundedAgentName } from '#lib/model/agent.ts';
import type { MetricKind, SeriesIdentity } from '#lib/model/telemetry.ts';
import { type AttributeValue, LIMITS, type RawAttributes } from './otlp/raw.ts';
import { truncatedText } from './otlp/text.ts';
import { serviceOf } from './resource.ts';
import { canonicalProvider } from './tables/providers.ts';

/** The part of a series that its metric decides. */
export interface MetricDescription {
  name: string;
  unit: string;
  kind: MetricKind;
}

/** Attributes of a point that make the series, under their names in it. */
export type SeriesAttributes = ReadonlyMap<string, AttributeValue>;

/**
 * Describes a series. Its agent is the `gen_ai.agent.name` of the point, else of the resource, else the
 * service name.
 */
export function describeSeries(
  resource: RawAttributes,
  metric: MetricDescription,
  attributes: SeriesAttributes,
): SeriesIdentity {
  const service = serviceOf(resource);
  const named = attributes.get('gen_ai.agent.name') ?? resource.get('gen_ai.agent.name');
  const sorted = [...attributes].filter(([key]) => key !== 'gen_ai.agent.name').sort(byKey);
  return {
    agentName: boundedAgentName(asText(named).trim()) || service.serviceName,
    environment: service.environment,
    serviceNamespace: service.serviceNamespace,
    serviceName: service.serviceName,
    instance: service.instance,
    metric: metric.name,
    unit: metric.unit,
    kind: metric.kind,
    attributes: Object.fromEntries(sorted.map(([key, value]) => [key, labelFor(key, value)])),
  };
}

function byKey(left: readonly [string, unknown], right: readonly [string, unknown]): number {
  return left[0] < right[0] ? -1 : 1;
}

function labelFor(key: string, value: AttributeValue): string {
  const label = asLabel(value);
  return key === 'gen_ai.provider.name' ? canonicalProvider(label) : label;
}

function asLabel(value: AttributeValue | undefined): string {
  return truncatedText(asText(value).trim(), LIMITS.seriesValueChars);
}

function asText(value: AttributeValue | undefined): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

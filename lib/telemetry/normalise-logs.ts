import { boundedAgentName } from '#lib/model/agent.ts';
import type { NormalisedLog, Refusals } from '#lib/model/telemetry.ts';
import { type Owner, ownerOf } from './attribution.ts';
import type { DecodedLogs } from './decode-logs.ts';
import { Fields } from './fields.ts';
import type { NormaliseOptions } from './normalise.ts';
import { LIMITS, type RawLog } from './otlp/raw.ts';
import { truncatedText } from './otlp/text.ts';
import { serviceOf } from './resource.ts';
import { plainObject, withoutContent } from './span-details.ts';
import { isContentEvent } from './tables/content.ts';
import { TraceMemory } from './trace-memory.ts';

export interface NormalisedLogs {
  logs: NormalisedLog[];
  refusals: Refusals;
}

/** Understands log records: whose they are, and what of them may be kept. */
export function normaliseLogs(decoded: DecodedLogs, options: NormaliseOptions = {}): NormalisedLogs {
  const memory = options.memory ?? new TraceMemory(1);
  const captureContent = options.captureContent === true;
  const logs = decoded.logs.map((log) => normaliseLog(log, memory, captureContent));
  return { logs, refusals: decoded.refusals };
}

function normaliseLog(log: RawLog, memory: TraceMemory, captureContent: boolean): NormalisedLog {
  const service = serviceOf(log.resource);
  const fields = new Fields(log.attributes);
  const isMessage = isContentEvent(log.eventName) && !captureContent;
  const kept = captureContent
    ? log.attributes
    : withoutContent({ name: log.eventName, attributes: log.attributes });
  const attributes = plainObject(kept);
  const owner = recordOwner(log, fields, memory, service.serviceName);
  if (log.eventName !== '') attributes['event.name'] = log.eventName;
  return {
    timeNs: log.timeNs,
    traceId: log.traceId,
    spanId: log.spanId,
    severity: log.severity,
    body: isMessage ? '' : bodyText(log),
    agentName: owner.agentName,
    namesAgent: owner.source !== 'service',
    environment: service.environment,
    serviceNamespace: service.serviceNamespace,
    serviceName: service.serviceName,
    attributes,
  };
}

/** The agent a record names, else the one that owns its span, else the service. */
function recordOwner(log: RawLog, fields: Fields, memory: TraceMemory, serviceName: string): Owner {
  const named = fields.text('agentName');
  if (named !== null) return { agentName: boundedAgentName(named), source: 'own' };
  const facts = log.traceId && log.spanId ? memory.find(log.traceId, log.spanId) : undefined;
  return facts === undefined
    ? { agentName: serviceName, source: 'service' }
    : ownerOf(facts, fields, serviceName);
}

function bodyText({ body }: RawLog): string {
  if (body === null) return '';
  return typeof body === 'string' ? body : truncatedText(JSON.stringify(body), LIMITS.valueBytes);
}

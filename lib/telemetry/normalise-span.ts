import { type HandOff, type NormalisedSpan, REPEATS, type Usage } from '#lib/model/telemetry.ts';
import { callingAgent, ownerOf } from './attribution.ts';
import { handOffOf } from './hand-offs.ts';
import type { RawSpan } from './otlp/raw.ts';
import { priceOf } from './pricing.ts';
import { awaitsTrace, counts, repeatsOf } from './repeats.ts';
import { serviceOf } from './resource.ts';
import { failureOf, firstChunkMs, keptAttributes, keptEvents, resourceObject } from './span-details.ts';
import type { SpanReading } from './span-reading.ts';
import { canonicalProvider } from './tables/providers.ts';
import type { TraceMemory } from './trace-memory.ts';
import { awaitAncestors, type PlacedSpan } from './trace-position.ts';

/** The span as the store and the live accumulators take it; its ancestors have been placed before. */
export function normaliseSpan(
  placed: PlacedSpan,
  memory: TraceMemory,
  captureContent: boolean,
): NormalisedSpan {
  const { span, reading, facts } = placed;
  const { fields } = reading;
  const service = serviceOf(span.resource);
  const owner = ownerOf(facts, fields, service.serviceName);
  const repeats = repeatsOf(facts);
  facts.hasCounted ||= counts(facts);
  const usage = (repeats & REPEATS.tokens) === 0 ? placed.sentUsage : null;
  const costCounts = (repeats & REPEATS.cost) === 0;
  const requestModel = fields.text('requestModel');
  const responseModel = fields.text('responseModel');
  const awaitsOwner = awaitAncestors(placed, owner, memory);
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId,
    name: span.name,
    kind: span.kind,
    startNs: span.startNs,
    endNs: span.endNs,
    durationMs: Number(span.endNs - span.startNs) / 1e6,
    operation: (repeats & REPEATS.call) === 0 ? reading.operation : 'step',
    rawOperation: reading.rawOperation,
    agentName: owner.agentName,
    ownerSource: owner.source,
    awaitsOwner,
    isAgentRun: reading.isAgentRun,
    environment: service.environment,
    serviceNamespace: service.serviceNamespace,
    serviceName: service.serviceName,
    serviceVersion: service.serviceVersion,
    serviceInstance: service.instance === '' ? null : service.instance,
    provider: providerOf(reading),
    requestModel,
    responseModel,
    toolName: reading.toolName,
    conversationId: fields.text('conversationId'),
    workflowName: fields.text('workflowName') ?? ownWorkflowName(span, reading),
    usage,
    costReported: costCounts ? placed.sentCost : null,
    costPriced: usage && costCounts ? priced(usage, [responseModel, requestModel], span.startNs) : null,
    repeats,
    awaitsTrace: awaitsTrace(facts),
    timeToFirstChunkMs: firstChunkMs(span, fields),
    ...failureOf(span, fields),
    handOff: handOffInTrace(placed, owner.agentName, callingAgent(facts), memory),
    scope: span.scope.name,
    convention: reading.convention,
    attributes: keptAttributes(span, usage !== null),
    events: keptEvents(span, captureContent),
    resource: resourceObject(span.resource),
  };
}

function providerOf({ fields }: SpanReading): string | null {
  const sent = fields.text('provider');
  return sent === null ? null : canonicalProvider(sent);
}

function ownWorkflowName(span: RawSpan, { fields, operation }: SpanReading): string | null {
  if (operation !== 'invoke_workflow') return null;
  return fields.text('agentNodeName') ?? span.name.replace(/^invoke_workflow |[.]workflow$/, '');
}

/** Priced as the model that answered, else as the one that was asked for. */
function priced(usage: Usage, models: readonly (string | null)[], startNs: bigint): number | null {
  for (const model of models) {
    const dollars = model === null ? null : priceOf(model, usage, Number(startNs) / 1e6);
    if (dollars !== null) return dollars;
  }
  return null;
}

/** The hand-off of a span, told once: by the tool that hands over, or by the agent that takes over. */
function handOffInTrace(
  { span, reading, facts }: PlacedSpan,
  agentName: string,
  caller: string | null,
  memory: TraceMemory,
): HandOff | null {
  const { fields, operation, toolName, isAgentRun } = reading;
  const evidence = { fields, spanName: span.name, operation, toolName, agentName, isAgentRun, caller };
  const handOff = handOffOf(evidence);
  if (handOff === null) return null;
  if (isAgentRun) return memory.wasAnnounced(span.traceId, handOff.toAgent) ? null : handOff;
  if (facts.agentBelow) return null;
  memory.announce(span.traceId, handOff.toAgent);
  return handOff;
}

import type { NormalisedSpan } from '#lib/model/telemetry.ts';
import type { OwnedSpan } from '#lib/pipeline/store/request.ts';
import { decodeTraces } from '#lib/telemetry/decode-traces.ts';
import { normaliseTraces } from '#lib/telemetry/normalise.ts';
import type { AgentDirectory, HeardAgent } from './agents.ts';
import { redactSpans } from './redact-content.ts';
import {
  DAY_MS,
  MAX_FUTURE_MS,
  NO_POINTS,
  type Origin,
  type Prepared,
  type PrepareStage,
  refuse,
} from './stage.ts';
import type { TraceMemories } from './trace-memories.ts';

/** The stage of traces: decode, normalise and attribute, resolve agents. */
export function createTracesStage(agents: AgentDirectory, memories: TraceMemories): PrepareStage {
  return async ({ request, requestHash, settings, nowMs }) => {
    const { teamId, body, encoding } = request;
    const { captureContent } = settings;
    const decoded = decodeTraces(body, {
      encoding,
      nowMs,
      maxAgeMs: settings.spanRetentionDays * DAY_MS,
      maxFutureMs: MAX_FUTURE_MS,
      captureContent,
    });
    const memory = memories.of(teamId);
    const normalised = normaliseTraces(decoded, { memory, captureContent });
    const { refusals, reattributed, unmapped } = normalised;
    const { items: spans, dropped } = await redactSpans(normalised.spans, settings.redactor);
    const items = spans.length + refusals.count;
    const owners = await agents.resolve(teamId, spans.map(heardAgent));
    const owned: OwnedSpan[] = [];
    spans.forEach((span, index) => {
      const agentId = owners[index] ?? null;
      if (agentId === null) refuse(refusals, 'too_many_agents', span.serviceName);
      else owned.push({ agentId, span });
    });
    const unmappedKeys = [...unmapped.values()].reduce((sum, count) => sum + count, 0);
    return {
      store: { teamId, requestHash, spans: owned, logs: [], points: NO_POINTS, histograms: [] },
      items,
      refusals,
      reattributed,
      origins: originsOf(owned, unmappedKeys, dropped),
      countLive: (live) => live.countSpans(owned, request.receivedAtMs),
    } satisfies Prepared;
  };
}

function heardAgent(span: NormalisedSpan): HeardAgent {
  const { environment, serviceNamespace, agentName, serviceVersion, convention, awaitsOwner } = span;
  return {
    ...{ environment, serviceNamespace, name: agentName, version: serviceVersion, convention },
    isGuess: awaitsOwner,
  };
}

/** Counts spans by agent and sender; what is unmapped, or lost its content, is told of the first of them. */
function originsOf(owned: readonly OwnedSpan[], unmapped: number, contentDropped: number): Origin[] {
  const origins = new Map<string, Origin>();
  for (const { agentId, span } of owned) {
    const key = `${agentId} ${span.convention} ${span.serviceName}`;
    const known = origins.get(key);
    if (known !== undefined) {
      known.items += 1;
      continue;
    }
    origins.set(key, {
      agentId,
      sender: span.serviceName,
      version: span.serviceVersion,
      convention: span.convention,
      items: 1,
      unmapped: origins.size === 0 ? unmapped : 0,
      contentDropped: origins.size === 0 ? contentDropped : 0,
    });
  }
  return [...origins.values()];
}

import { randomBytes } from 'node:crypto';
import type { NormalisedSpan } from '#lib/model/telemetry.ts';

/** A model call that ended at `endMs` after `durationMs`, to be varied. */
export function makeSpan(values: Partial<NormalisedSpan> & { endMs?: number } = {}): NormalisedSpan {
  const { endMs = Date.now(), durationMs = 100, ...rest } = values;
  return {
    traceId: randomBytes(16).toString('hex'),
    spanId: randomBytes(8).toString('hex'),
    parentSpanId: null,
    name: 'chat gpt-4o',
    kind: 3,
    startNs: BigInt(Math.round((endMs - durationMs) * 1000)) * 1000n,
    endNs: BigInt(Math.round(endMs * 1000)) * 1000n,
    durationMs,
    operation: 'chat',
    rawOperation: null,
    agentName: 'planner',
    ownerSource: 'own',
    isAgentRun: false,
    environment: 'default',
    serviceNamespace: '',
    serviceName: 'service',
    serviceVersion: '1.0.0',
    serviceInstance: null,
    provider: 'openai',
    requestModel: 'gpt-4o',
    responseModel: null,
    toolName: null,
    conversationId: null,
    workflowName: null,
    usage: null,
    costReported: null,
    costPriced: null,
    timeToFirstChunkMs: null,
    isError: false,
    errorType: null,
    statusMessage: null,
    finishReason: 'stop',
    isSoftFailure: false,
    handOff: null,
    scope: 'test',
    convention: 'gen_ai',
    attributes: {},
    events: [],
    resource: { 'service.name': 'service' },
    ...rest,
  };
}

import { pause } from './ingest-rig.ts';

/** What one export came to. */
export interface ExportAnswer {
  status: number;
  body: string;
  retryAfter: string | null;
  /** How often it was sent. */
  attempts: number;
}

const RETRYABLE = new Set([429, 502, 503, 504]);

/** Sends one OTLP/JSON export once; rejects when the connection breaks. */
export async function sendOnce(
  url: string,
  key: string,
  payload: object | string,
  headers: Record<string, string> = {},
): Promise<ExportAnswer> {
  const body = typeof payload === 'string' ? payload : JSON.stringify(payload);
  const response = await fetch(url, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}`, ...headers },
    signal: AbortSignal.timeout(20_000),
  });
  return {
    status: response.status,
    body: await response.text(),
    retryAfter: response.headers.get('retry-after'),
    attempts: 1,
  };
}

/**
 * Sends as the OTLP specification wants a client to: what broke or was answered 429, 502, 503 or 504 is
 * sent again with the same bytes, until it is answered otherwise.
 */
export async function sendUntilAnswered(url: string, key: string, payload: object): Promise<ExportAnswer> {
  const body = JSON.stringify(payload);
  for (let attempts = 1; attempts < 400; attempts++) {
    const answer = await sendOnce(url, key, body).catch(() => null);
    if (answer !== null && !RETRYABLE.has(answer.status)) return { ...answer, attempts };
    await pause(50 + Math.random() * 100);
  }
  throw new Error('never answered');
}

const text = (key: string, value: string) => ({ key, value: { stringValue: value } });
const whole = (key: string, value: number) => ({ key, value: { intValue: String(value) } });

function resource(service: string) {
  return { attributes: [text('service.name', service), text('service.instance.id', `${service}-1`)] };
}

/** A run of an agent with one model call; `index` makes its ids unique within a test. */
export function tracesPayload(service: string, index: number, spans = 10, endMs = Date.now()): object {
  const traceId = `f${index.toString(16).padStart(31, '0')}`;
  const times = {
    startTimeUnixNano: `${endMs - 200}000000`,
    endTimeUnixNano: `${endMs}000000`,
  };
  const run = {
    traceId,
    spanId: 'b000000000000001',
    name: `invoke_agent ${service}`,
    kind: 1,
    ...times,
    attributes: [text('gen_ai.operation.name', 'invoke_agent'), text('gen_ai.agent.name', service)],
  };
  const calls = Array.from({ length: spans - 1 }, (_, i) => ({
    traceId,
    spanId: `c${i.toString(16).padStart(15, '0')}`,
    parentSpanId: run.spanId,
    name: 'chat gpt-4o',
    kind: 3,
    ...times,
    attributes: [
      text('gen_ai.operation.name', 'chat'),
      text('gen_ai.request.model', 'gpt-4o'),
      whole('gen_ai.usage.input_tokens', 100),
      whole('gen_ai.usage.output_tokens', 10),
    ],
  }));
  return {
    resourceSpans: [
      { resource: resource(service), scopeSpans: [{ scope: { name: 'test' }, spans: [run, ...calls] }] },
    ],
  };
}

/** A delta sum of `value` for each of `metrics` metrics. */
export function metricsPayload(
  service: string,
  index: number,
  metrics = 10,
  value = 1,
  atMs = Date.now(),
): object {
  const points = Array.from({ length: metrics }, (_, i) => ({
    name: `test.work.${i}`,
    unit: '1',
    sum: {
      aggregationTemporality: 1,
      isMonotonic: true,
      dataPoints: [
        {
          startTimeUnixNano: `${atMs - 1_000}000000`,
          timeUnixNano: `${atMs}${String(index % 1_000_000).padStart(6, '0')}`,
          asDouble: value,
        },
      ],
    },
  }));
  return {
    resourceMetrics: [
      { resource: resource(service), scopeMetrics: [{ scope: { name: 'test' }, metrics: points }] },
    ],
  };
}

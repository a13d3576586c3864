import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NormalisedLog, NormalisedSpan, SeriesIdentity } from '#lib/model/telemetry.ts';
import { decodeLogs } from '#lib/telemetry/decode-logs.ts';
import { decodeMetrics } from '#lib/telemetry/decode-metrics.ts';
import { decodeTraces } from '#lib/telemetry/decode-traces.ts';
import { normaliseTraces } from '#lib/telemetry/normalise.ts';
import { normaliseLogs } from '#lib/telemetry/normalise-logs.ts';
import type { DecodeOptions } from '#lib/telemetry/otlp/raw.ts';
import { TraceMemory } from '#lib/telemetry/trace-memory.ts';

const DAY_MS = 86_400_000;

/** A capture after normalisation, and what was noticed on the way. */
export interface NormalisedCapture {
  spans: NormalisedSpan[];
  logs: NormalisedLog[];
  /** One line for each payload, unmapped attribute, series and later attribution. */
  notes: string[];
}

/** Runs the payloads of a capture through the decoders and the normaliser, in the order they were sent. */
export function normaliseCapture(folder: string): NormalisedCapture {
  const { capturedAtMs } = JSON.parse(readFileSync(join(folder, 'capture.json'), 'utf8'));
  const memory = new TraceMemory();
  const capture: NormalisedCapture = { spans: [], logs: [], notes: [] };
  const payloads = readdirSync(folder).filter((name) => /^(traces|metrics|logs)-/.test(name));
  for (const name of payloads.sort()) {
    const encoding = name.endsWith('.json') ? 'json' : 'protobuf';
    const options: DecodeOptions = { encoding, nowMs: capturedAtMs, maxAgeMs: DAY_MS, maxFutureMs: DAY_MS };
    const bytes = readFileSync(join(folder, name));
    if (name.startsWith('traces')) addTraces(capture, name, bytes, options, memory);
    else if (name.startsWith('metrics')) capture.notes.push(`${name}:`, ...describeMetrics(bytes, options));
    else capture.logs.push(...normaliseLogs(decodeLogs(bytes, options), { memory }).logs);
  }
  return capture;
}

/** Everything of a capture that was understood, as text that a person can check; no ids, no times. */
export function describeCapture(folder: string): string {
  const { spans, logs, notes } = normaliseCapture(folder);
  const records = logs.map(
    (log) => `log: ${log.agentName} severity ${log.severity} ${log.body.slice(0, 60)}`,
  );
  return `${[...notes, ...records, ...describeTraces(spans)].join('\n')}\n`;
}

function addTraces(
  { spans, notes }: NormalisedCapture,
  name: string,
  bytes: Uint8Array,
  options: DecodeOptions,
  memory: TraceMemory,
): void {
  const result = normaliseTraces(decodeTraces(bytes, options), { memory });
  spans.push(...result.spans);
  notes.push(`${name}: ${result.spans.length} spans, refused ${result.refusals.count}`);
  notes.push(`  unmapped: ${[...result.unmapped.keys()].sort().join(' ') || 'none'}`);
  for (const { spanId, fromAgent, toAgent, handOff } of result.reattributed) {
    const span = spans.find((candidate) => candidate.spanId === spanId);
    notes.push(`later: ${span?.name} ${fromAgent} -> ${toAgent} ${edge(handOff)}`.trim());
  }
}

function describeTraces(spans: readonly NormalisedSpan[]): string[] {
  const byParent = Map.groupBy(spans, (span) => span.parentSpanId ?? '');
  const known = new Set(spans.map(({ spanId }) => spanId));
  const roots = spans.filter(({ parentSpanId }) => parentSpanId === null || !known.has(parentSpanId));
  const lines: string[] = [];
  const visit = (span: NormalisedSpan, depth: number): void => {
    lines.push(`${'  '.repeat(depth)}${describeSpan(span)}`);
    const children = byParent.get(span.spanId) ?? [];
    for (const child of children.sort((a, b) => Number(a.startNs - b.startNs))) visit(child, depth + 1);
  };
  for (const root of roots.sort((a, b) => Number(a.startNs - b.startNs))) visit(root, 0);
  return lines;
}

function describeSpan(span: NormalisedSpan): string {
  const { usage } = span;
  const cost = (dollars: number | null): string => (dollars === null ? '-' : `$${dollars.toFixed(6)}`);
  const model = span.requestModel === null ? null : `${span.provider}/${span.requestModel}`;
  const parts = [
    `"${span.name}" [${span.operation}${span.rawOperation === null ? '' : ` from ${span.rawOperation}`}]`,
    `agent=${span.agentName} (${span.ownerSource})${span.isAgentRun ? ' RUN' : ''}`,
    model,
    usage === null
      ? null
      : `in=${usage.inputTokens} out=${usage.outputTokens} read=${usage.cacheReadTokens} write=${usage.cacheWriteTokens} reasoning=${usage.reasoningTokens} priced=${cost(span.costPriced)} reported=${cost(span.costReported)}`,
    span.toolName === null ? null : `tool=${span.toolName}`,
    span.isError ? `ERROR ${span.errorType}: ${span.statusMessage}` : null,
    span.isSoftFailure ? 'SOFT FAILURE' : null,
    span.finishReason === null ? null : `finish=${span.finishReason}`,
    span.timeToFirstChunkMs === null ? null : 'first-chunk',
    span.conversationId === null ? null : 'conversation',
    span.workflowName === null ? null : `workflow=${span.workflowName}`,
    edge(span.handOff) || null,
    `{${span.convention}}`,
  ];
  return parts.filter((part) => part !== null).join(' ');
}

function edge(handOff: NormalisedSpan['handOff']): string {
  return handOff === null ? '' : `HANDOFF ${handOff.fromAgent} -> ${handOff.toAgent} (${handOff.mode})`;
}

function describeMetrics(bytes: Uint8Array, options: DecodeOptions): string[] {
  const decoded = decodeMetrics(bytes, { ...options, isKnown: () => false });
  const identity = (hash: number): string => describeSeries(decoded.unknown.get(hash));
  return [
    ...Array.from(decoded.points.hash, (hash, i) => `  ${identity(hash)} = ${decoded.points.value[i]}`),
    ...decoded.histograms.map((point) => `  ${identity(point.hash)} n=${point.count}`),
  ].sort();
}

function describeSeries(series: SeriesIdentity | undefined): string {
  if (series === undefined) return 'unknown series';
  const attributes = Object.entries(series.attributes).map(([key, value]) => `${key}=${value}`);
  return `${series.metric} (${series.kind}, ${series.unit}) ${series.agentName} {${attributes.join(', ')}}`;
}

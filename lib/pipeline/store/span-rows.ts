import { CopyWriter } from '#db/copy-writer.ts';
import type { OwnedLog, OwnedSpan } from './request.ts';

/** Nanoseconds of the Unix epoch as milliseconds with fractions. */
export function nsToMs(ns: bigint): number {
  return Number(ns / 1000n) / 1000;
}

/** A span on its way into the table. */
export interface SpanRow extends OwnedSpan {
  teamId: string;
  /** Row of the table `span_resources`; null when the team has too many and the resource is kept inline. */
  resourceId: number | null;
}

export interface LogRow extends OwnedLog {
  teamId: string;
}

const SPAN_COLUMNS = [
  'team_id, agent_id, end_at, start_ns, end_ns, duration_ms, trace_id, span_id, parent_span_id, resource_id',
  'kind, is_agent_run, is_error, is_soft_failure, name, operation, raw_operation, owner_source',
  'provider, request_model, response_model, tool_name, conversation_id, workflow_name',
  'input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, reasoning_tokens',
  'cost_reported, cost_priced, repeats, time_to_first_chunk_ms, error_type, status_message, finish_reason',
  'hand_off_from, hand_off_to, hand_off_mode, scope, convention, attributes, events, resource',
].join(', ');

export const SPANS_TARGET = `spans (${SPAN_COLUMNS})`;
const SPAN_WIDTH = SPAN_COLUMNS.split(',').length;

export const LOGS_TARGET =
  'logs (team_id, agent_id, at, time_ns, trace_id, span_id, severity, service_name, body, attributes)';
const LOG_WIDTH = 10;

function hexOrNull(writer: CopyWriter, digits: string | null): void {
  if (digits) writer.hex(digits);
  else writer.null();
}

function jsonOrNull(writer: CopyWriter, value: object): void {
  if (Object.keys(value).length === 0) writer.null();
  else writer.jsonb(value);
}

function writeTimesAndIds(writer: CopyWriter, { teamId, agentId, span, resourceId }: SpanRow): void {
  writer.uuid(teamId);
  writer.uuid(agentId);
  writer.timestamp(nsToMs(span.endNs));
  writer.int8(span.startNs);
  writer.int8(span.endNs);
  writer.float8(span.durationMs);
  writer.hex(span.traceId);
  writer.hex(span.spanId);
  hexOrNull(writer, span.parentSpanId);
  if (resourceId === null) writer.null();
  else writer.int4(resourceId);
}

function writeKinds(writer: CopyWriter, { span }: SpanRow): void {
  writer.int2(span.kind);
  writer.bool(span.isAgentRun);
  writer.bool(span.isError);
  writer.bool(span.isSoftFailure);
  writer.text(span.name);
  writer.text(span.operation);
  writer.textOrNull(span.rawOperation);
  writer.text(span.ownerSource);
  writer.textOrNull(span.provider);
  writer.textOrNull(span.requestModel);
  writer.textOrNull(span.responseModel);
  writer.textOrNull(span.toolName);
  writer.textOrNull(span.conversationId);
  writer.textOrNull(span.workflowName);
}

function writeUsage(writer: CopyWriter, { span: { usage } }: SpanRow): void {
  if (!usage) {
    for (let i = 0; i < 5; i++) writer.null();
    return;
  }
  writer.int8(Math.round(usage.inputTokens));
  writer.int8(Math.round(usage.outputTokens));
  writer.int8(Math.round(usage.cacheReadTokens));
  writer.int8(Math.round(usage.cacheWriteTokens));
  writer.int8(Math.round(usage.reasoningTokens));
}

function writeOutcome(writer: CopyWriter, { span }: SpanRow): void {
  writer.float8OrNull(span.costReported);
  writer.float8OrNull(span.costPriced);
  if (span.repeats === 0) writer.null();
  else writer.int2(span.repeats);
  writer.float8OrNull(span.timeToFirstChunkMs);
  writer.textOrNull(span.errorType);
  writer.textOrNull(span.statusMessage);
  writer.textOrNull(span.finishReason);
  writer.textOrNull(span.handOff?.fromAgent ?? null);
  writer.textOrNull(span.handOff?.toAgent ?? null);
  writer.textOrNull(span.handOff?.mode ?? null);
}

function writeRest(writer: CopyWriter, { span, resourceId }: SpanRow): void {
  writer.text(span.scope);
  writer.text(span.convention);
  jsonOrNull(writer, span.attributes);
  if (span.events.length === 0) writer.null();
  else writer.jsonb(span.events.map((event) => ({ ...event, timeNs: event.timeNs.toString() })));
  if (resourceId === null) writer.jsonb(span.resource);
  else writer.null();
}

/** The rows of spans in COPY format, for {@link SPANS_TARGET}. */
export function encodeSpans(rows: readonly SpanRow[]): CopyWriter {
  const writer = new CopyWriter(64 + rows.length * 1024);
  for (const row of rows) {
    writer.row(SPAN_WIDTH);
    writeTimesAndIds(writer, row);
    writeKinds(writer, row);
    writeUsage(writer, row);
    writeOutcome(writer, row);
    writeRest(writer, row);
  }
  return writer;
}

/** The rows of log records in COPY format, for {@link LOGS_TARGET}. */
export function encodeLogs(rows: readonly LogRow[]): CopyWriter {
  const writer = new CopyWriter(64 + rows.length * 512);
  for (const { teamId, agentId, log } of rows) {
    writer.row(LOG_WIDTH);
    writer.uuid(teamId);
    if (agentId) writer.uuid(agentId);
    else writer.null();
    writer.timestamp(nsToMs(log.timeNs));
    writer.int8(log.timeNs);
    hexOrNull(writer, log.traceId);
    hexOrNull(writer, log.spanId);
    writer.int2(log.severity);
    writer.text(log.serviceName);
    writer.text(log.body);
    jsonOrNull(writer, log.attributes);
  }
  return writer;
}

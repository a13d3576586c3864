import { boundedAgentName } from '#lib/model/agent.ts';
import type { Operation } from '#lib/model/telemetry.ts';
import { Fields } from './fields.ts';
import { transferTarget } from './hand-offs.ts';
import type { RawSpan } from './otlp/raw.ts';
import type { Field } from './tables/aliases.ts';
import {
  AGENT_NAME_SUFFIX,
  CONVENTIONS,
  GENERIC_NAMES,
  NAME_PATTERNS,
  OPERATION_SIGNALS,
  WORKFLOW_ROOT_SCOPE,
} from './tables/operations.ts';

/** What a span says of itself, before its place in the trace is known. */
export interface SpanReading {
  fields: Fields;
  operation: Operation;
  /** The sender's own word for the operation where it is none of ours. */
  rawOperation: string | null;
  convention: string;
  /** The agent that the span names: on an agent its name, on other spans the agent they belong to. */
  agentName: string | null;
  isAgentRun: boolean;
  toolName: string | null;
}

/** Reads one span by the tables, whichever sender it is from. */
export function readSpan(span: RawSpan): SpanReading {
  const fields = new Fields(span.attributes);
  const signalled = signalledOperation(span, fields);
  const matched = matchName(span.name);
  const operation = refined(
    signalled.operation ?? matched?.operation ?? guessed(fields),
    span,
    fields,
    matched,
  );
  const agentName = agentOf(span, fields, operation, matched?.name ?? null);
  const isToolLike = operation === 'execute_tool' || operation === 'handoff';
  return {
    fields,
    operation,
    rawOperation: signalled.raw,
    convention: conventionOf(span, fields),
    agentName,
    isAgentRun: operation === 'invoke_agent' && agentName !== null,
    toolName: fields.text('toolName') ?? (isToolLike ? toolOf(span, fields, matched?.name ?? null) : null),
  };
}

function signalledOperation(
  span: RawSpan,
  fields: Fields,
): { operation: Operation | null; raw: string | null } {
  let operation: Operation | null = null;
  let raw: string | null = null;
  for (const { field, values } of OPERATION_SIGNALS) {
    const word = fields.text(field)?.replaceAll('"', '');
    if (word === undefined) continue;
    const meant = values[word.toLowerCase()];
    if (meant !== undefined && meant !== 'step')
      return { operation: meant, raw: meant === word ? null : word };
    operation ??= meant ?? null;
    if (field !== 'mcpMethod') raw ??= word;
  }
  return { operation: matchName(span.name) === null ? operation : null, raw };
}

function matchName(name: string): { operation: Operation; name: string | null } | null {
  for (const { pattern, operation } of NAME_PATTERNS) {
    const match = pattern.exec(name);
    if (match !== null) return { operation, name: match[1] ?? null };
  }
  return null;
}

/** Fields that say little of what a span is. */
const WEAK_SIGNALS: ReadonlySet<Field> = new Set<Field>(['mcpMethod', 'requestType']);

/** A span that reports tokens of a model is a model call, unless its sender says it is something else. */
function guessed(fields: Fields): Operation {
  const hasModel = fields.has('requestModel') || fields.has('responseModel');
  const isSignalled = OPERATION_SIGNALS.some(({ field }) => !WEAK_SIGNALS.has(field) && fields.has(field));
  return hasModel && !isSignalled && fields.has('inputTokens') && fields.has('outputTokens')
    ? 'chat'
    : 'step';
}

/** Corrections that need more than one signal: transfers are no tool calls, workflow roots no agents. */
function refined(
  operation: Operation,
  span: RawSpan,
  fields: Fields,
  matched: { name: string | null } | null,
): Operation {
  if (operation === 'execute_tool') {
    const tool = fields.text('toolName') ?? matched?.name ?? span.name;
    const isTransfer = fields.has('transferTarget') || transferTarget(tool) !== null;
    return isTransfer || transferTarget(span.name) !== null ? 'handoff' : operation;
  }
  if (operation !== 'invoke_agent' || fields.has('agentNodeId') || fields.has('agentName')) return operation;
  return WORKFLOW_ROOT_SCOPE.test(span.scope.name) ? 'invoke_workflow' : operation;
}

/**
 * The agent a span names. A span that is an agent may also be named by its node, its entity or, where
 * nothing better is sent, its own name; generic names and names of models are no names of agents.
 */
function agentOf(
  span: RawSpan,
  fields: Fields,
  operation: Operation,
  matchedName: string | null,
): string | null {
  const named = fields.text('agentName') ?? resourceAgent(span);
  if (named !== null) return boundedAgentName(named);
  if (operation !== 'invoke_agent') return null;
  const model = fields.text('requestModel');
  const candidates = [
    fields.text('agentNodeName'),
    fields.text('resourceName'),
    matchedName,
    isNamedByItself(fields) ? span.name.replace(AGENT_NAME_SUFFIX, '') : null,
  ];
  const name = candidates.find((candidate) => candidate !== null && isAgentName(candidate, model));
  return name ? boundedAgentName(name.trim()) : null;
}

/** Some senders put the one agent of a process into the resource. */
function resourceAgent(span: RawSpan): string | null {
  const named = span.resource.get('gen_ai.agent.name');
  return typeof named === 'string' && named.trim() !== '' ? named.trim() : null;
}

/** Senders of the current convention and of the AI SDK always name an agent by an attribute. */
function isNamedByItself(fields: Fields): boolean {
  return !fields.has('operationName') && !fields.has('aiOperationId');
}

function isAgentName(name: string, model: string | null): boolean {
  return name !== model && !GENERIC_NAMES.has(name.trim().toLowerCase());
}

function toolOf(span: RawSpan, fields: Fields, matchedName: string | null): string {
  return matchedName ?? fields.text('agentNodeName') ?? span.name;
}

function conventionOf(span: RawSpan, fields: Fields): string {
  for (const { convention, field, scope } of CONVENTIONS) {
    if (field !== undefined && fields.has(field)) return convention;
    if (scope?.test(span.scope.name)) return convention;
  }
  return 'other';
}

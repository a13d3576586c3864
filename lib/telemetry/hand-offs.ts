import { boundedAgentName } from '#lib/model/agent.ts';
import type { HandOff, Operation } from '#lib/model/telemetry.ts';
import type { Fields } from './fields.ts';
import { NAME_PATTERNS, TRANSFER_TOOLS } from './tables/operations.ts';

/** What a hand-off is read from. */
export interface HandOffEvidence {
  fields: Fields;
  spanName: string;
  operation: Operation;
  toolName: string | null;
  /** The owner of the span. */
  agentName: string;
  isAgentRun: boolean;
  /** The nearest agent run above the span. */
  caller: string | null;
}

/**
 * The edge from agent to agent that a span shows, or null (telemetry 4.5): the attributes of a transfer or a
 * caller, the parent node of OpenInference, a tool that hands over by its name, else an agent that runs
 * below another agent.
 */
export function handOffOf(evidence: HandOffEvidence): HandOff | null {
  return fromTransfer(evidence) ?? (evidence.isAgentRun ? fromCaller(evidence) : fromTool(evidence));
}

function fromTransfer({ fields, agentName, caller }: HandOffEvidence): HandOff | null {
  const target = fields.text('transferTarget');
  if (target === null) return null;
  const from = fields.text('transferSource') ?? (agentName === target ? caller : agentName);
  const mode = fields.text('transferMode') === 'return_to_caller' ? 'return_to_caller' : 'pass_control';
  return edge(from, target, mode);
}

function fromCaller({ fields, agentName, caller }: HandOffEvidence): HandOff | null {
  const callerType = fields.text('callerType');
  const named = callerType === null || callerType === 'agent' ? fields.text('callerName') : null;
  if (named !== null) return edge(named, agentName, 'return_to_caller');
  const parentNode = fields.text('parentNodeName') ?? fields.text('transferSource');
  if (parentNode !== null) return edge(parentNode, agentName, 'pass_control');
  return edge(caller, agentName, 'nested');
}

function fromTool({ spanName, operation, toolName, agentName }: HandOffEvidence): HandOff | null {
  if (operation !== 'execute_tool' && operation !== 'handoff') return null;
  const target = transferTarget(toolName ?? spanName) ?? transferTarget(spanName);
  return target === null ? null : edge(agentName, target.name, target.mode);
}

/** The agent that a tool hands over to by its name. */
export function transferTarget(name: string): { name: string; mode: HandOff['mode'] } | null {
  for (const { pattern, mode } of TRANSFER_TOOLS) {
    const target = pattern.exec(name)?.[1];
    if (target !== undefined) return { name: target, mode };
  }
  for (const { pattern, operation } of NAME_PATTERNS) {
    const target = operation === 'handoff' ? pattern.exec(name)?.[1] : undefined;
    if (target !== undefined) return { name: target, mode: 'pass_control' };
  }
  return null;
}

function edge(from: string | null, to: string, mode: HandOff['mode']): HandOff | null {
  if (from === null || from === to) return null;
  return { fromAgent: boundedAgentName(from), toAgent: boundedAgentName(to), mode };
}

import type { TransitionRow } from '#lib/model/agent-view.ts';
import type { TeamEvent } from '#lib/model/event.ts';

export type Change = TransitionRow;

const KEPT = 50;

/** Puts a change that just happened on top; one that is already there (same agent, moment and state) is not told twice. */
export function addChange(
  before: readonly Change[],
  event: Extract<TeamEvent, { type: 'agent.health' }>,
  agentName: string,
): readonly Change[] {
  const { agentId, from, to, reason, at } = event;
  if (before.some((change) => change.agentId === agentId && change.at === at && change.to === to))
    return before;
  const change: Change = { id: `${agentId}-${at}-${to}`, agentId, agentName, from, to, reason, at };
  return [change, ...before].sort((a, b) => b.at - a.at).slice(0, KEPT);
}

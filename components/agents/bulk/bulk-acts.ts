/**
 * Acts on many agents at once: the same commands as on one, an agent after the other, each with its own answer.
 *
 * This file holds what the acts are called and how their answers are put together.
 */
import type { AgentActionSet } from '../agent-actions.tsx';

export type BulkAct = keyof AgentActionSet;

/** Why this person may not act so; null when they may. */
export type BulkRefusals = Record<BulkAct, string | null>;

/** Whether there is anything to select agents for. */
export const mayActInBulk = (refusals: BulkRefusals): boolean =>
  Object.values(refusals).some((refusal) => refusal === null);

/** What became of one agent. `failure` is null where it was done. */
export interface BulkResult {
  id: string;
  name: string;
  failure: string | null;
}

/** Agents that one go takes; more would keep the page busy for minutes. */
export const MOST_AT_ONCE = 100;

export const BULK_WORDS: Record<BulkAct, { label: string; doing: string; done: string }> = {
  claim: { label: 'Claim', doing: 'Claiming', done: 'claimed' },
  start: { label: 'Start', doing: 'Asking to start', done: 'asked to start' },
  stop: { label: 'Stop', doing: 'Asking to stop', done: 'asked to stop' },
  remove: { label: 'Delete', doing: 'Deleting', done: 'deleted' },
};

/** One line for all of it: "2 of 3 agents asked to stop". */
export function summaryOf(act: BulkAct, results: readonly BulkResult[]): string {
  const done = results.filter(({ failure }) => failure === null).length;
  const noun = results.length === 1 ? 'agent' : 'agents';
  const count = done === results.length ? String(done) : `${done} of ${results.length}`;
  return `${count} ${noun} ${BULK_WORDS[act].done}`;
}

import type { Tx } from '#db/client.ts';
import { agentTransitions } from '#db/schema/agents.ts';
import type { AgentStatus } from '#lib/model/agent.ts';
import { uuidv7 } from '#lib/model/uuid.ts';

interface NewTransition {
  teamId: string;
  agentId: string;
  from: AgentStatus;
  to: AgentStatus;
  reason: string;
  signals: Record<string, unknown>;
  /** To the millisecond: lists page by it. */
  at: Date;
}

/** Stores a change of status; always in the transaction that changes the agent. */
export async function insertTransition(tx: Tx, { from, to, at, ...rest }: NewTransition): Promise<void> {
  const { teamId, agentId, reason, signals } = rest;
  const change = { fromStatus: from, toStatus: to, reason, signals, at };
  await tx.insert(agentTransitions).values({ id: uuidv7(at.getTime()), teamId, agentId, ...change });
}

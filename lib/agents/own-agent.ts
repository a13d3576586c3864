import { eq } from 'drizzle-orm';
import type { Reader, Tx } from '#db/client.ts';
import { agents } from '#db/schema/agents.ts';
import { isTaken } from '#db/taken.ts';
import { AppError } from '#lib/kernel/errors.ts';
import type { AgentAction } from '#lib/model/agent-view.ts';
import { agentCan } from './agent-can.ts';
import { ofTeam } from './agent-rows.ts';

export type AgentRecord = typeof agents.$inferSelect;

export const noSuchAgent = () => new AppError('not_found', 'There is no such agent.');

/**
 * One agent of the team, locked until the transaction ends, so that of two writers the second sees what
 * the first did.
 *
 * @throws AppError `not_found`, for an agent of another team too (security Z4)
 */
export async function lockOwnAgent(tx: Tx, teamId: string, id: string): Promise<AgentRecord> {
  const [row] = await tx
    .select()
    .from(agents)
    .where(ofTeam(teamId, eq(agents.id, id)))
    .for('update');
  if (!row) throw noSuchAgent();
  return row;
}

/**
 * What identifies an agent of the team.
 *
 * @throws AppError `not_found` where the team has no such agent (security Z4)
 */
export async function readOwnAgent(
  db: Reader,
  teamId: string,
  id: string,
): Promise<Pick<AgentRecord, 'name' | 'environment' | 'serviceNamespace'>> {
  const [row] = await db
    .select({
      name: agents.name,
      environment: agents.environment,
      serviceNamespace: agents.serviceNamespace,
    })
    .from(agents)
    .where(ofTeam(teamId, eq(agents.id, id)));
  if (!row) throw noSuchAgent();
  return row;
}

/** @throws AppError `conflict` with the reason when the agent's state does not admit the action */
export function refuseUnlessCan(agent: AgentRecord, action: AgentAction): void {
  const facts = { ...agent, hasOwner: agent.ownerId !== null, hasControlUrl: agent.controlUrl !== null };
  const ability = agentCan(facts, action);
  if (!ability.allowed) throw new AppError('conflict', ability.reason);
}

/** Turns "the identity is taken" into a conflict; any other error stays what it is. */
export function explainTakenIdentity(error: unknown, agent: { name: string; environment: string }): unknown {
  return isTaken(error) ? identityTaken(agent) : error;
}

export const identityTaken = ({ name, environment }: { name: string; environment: string }) =>
  new AppError('conflict', `There already is an agent named ${name} in environment ${environment}.`);

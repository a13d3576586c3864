/**
 * Adopting: what was found in a cluster becomes an agent of the console. Clusters and agents meet here.
 *
 * This file holds what adopting one does, and the verb of people and keys.
 */
import { and, eq } from 'drizzle-orm';
import type { Tx } from '#db/client.ts';
import { clusterAgents } from '#db/schema/cluster-agents.ts';
import { insertAgent, refuseOverTeamLimit } from '#lib/agents/insert-agent.ts';
import { readOwnAgent } from '#lib/agents/own-agent.ts';
import { candidatesFor } from '#lib/clusters/found/candidates.ts';
import { meantAgents } from '#lib/clusters/found/meant-agents.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { boundedAgentName } from '#lib/model/agent.ts';
import { adoptSchema } from '#lib/model/cluster-agent.ts';
import { cutText } from '#lib/model/cut-text.ts';

type Found = typeof clusterAgents.$inferSelect;

export interface Adoption {
  agentId: string;
  /** The agent was made by it. */
  isNew: boolean;
}

/** An agent as its telemetry will name it, so that both are the same when it speaks. */
async function makeAgent(tx: Tx, found: Found, perTeam: number, now: Date): Promise<string> {
  const { telemetry, displayName } = found.facts;
  await refuseOverTeamLimit(tx, found.teamId, perTeam);
  return insertAgent(
    tx,
    found.teamId,
    {
      name: boundedAgentName(telemetry.names[0] ?? displayName),
      environment: cutText(telemetry.environment ?? 'default', 64),
      serviceNamespace: cutText(telemetry.serviceNamespace ?? '', 128),
      description: displayName === found.name ? '' : cutText(displayName, 2000),
      source: 'discovered',
      kubernetesNamespace: found.namespace,
      kubernetesDeployment: found.workloadName,
    },
    now,
  );
}

/**
 * Links a found agent with the agent of the console that it is: the one that is named, the one that its name and labels
 * say, or a new one.
 *
 * @throws AppError `conflict` where several may be meant, or the team has as many agents as it may
 */
export async function adopt(
  tx: Tx,
  found: Found,
  { agentId, perTeam, now }: { agentId: string | null; perTeam: number; now: Date },
): Promise<Adoption> {
  const { telemetry } = found.facts;
  const meant =
    agentId === null ? meantAgents(telemetry, await candidatesFor(tx, found.teamId, [telemetry])) : [];
  if (meant.length > 1)
    throw new AppError('conflict', `${meant.length} agents are called so: choose the one that it is.`);
  const known = agentId ?? meant[0]?.id ?? null;
  const linked = known ?? (await makeAgent(tx, found, perTeam, now));
  await tx
    .update(clusterAgents)
    .set({ agentId: linked, adoptedAt: now, releasedAt: null, updatedAt: now })
    .where(eq(clusterAgents.id, found.id));
  return { agentId: linked, isNew: known === null };
}

/** What the ledger says of it. */
export const adoptionForLedger = ({ namespace, kind, name }: Found, { agentId, isNew }: Adoption) => ({
  ...{ namespace, kind, name, agentId, isNew },
});

/**
 * Adopts an agent that was found in a cluster.
 *
 * @throws AppError `not_found` for one that the team does not have; `conflict` where several agents may be meant
 */
export const adoptAgent = defineCommand({
  name: 'cluster-agents.adopt',
  permission: 'agents:create',
  feature: 'deployment_automation',
  input: adoptSchema,
  audit: { action: 'cluster-agent.adopt', target: 'cluster-agent' },
  async run({ input: { id, agentId = null }, actor, tx, now, deps, announce }) {
    const [found] = await tx
      .select()
      .from(clusterAgents)
      .where(and(eq(clusterAgents.id, id), eq(clusterAgents.teamId, actor.teamId)))
      .for('update');
    if (!found) throw new AppError('not_found', 'There is no such agent in the clusters of the team.');
    if (agentId !== null) await readOwnAgent(tx, actor.teamId, agentId);
    const adoption = await adopt(tx, found, { agentId, perTeam: deps.agentLimits.perTeam, now });
    announce({ type: 'agent.changed', agentId: adoption.agentId });
    announce({ type: 'cluster.changed', clusterId: found.clusterId, at: now.getTime() });
    return {
      result: { id, ...adoption },
      targetId: id,
      before: { agentId: found.agentId },
      after: adoptionForLedger(found, adoption),
    };
  },
});

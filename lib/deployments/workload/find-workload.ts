/**
 * The running workload of an agent: where it is, what may be done to it, and the verbs that have a worker do it. What
 * an agent runs as is what it was deployed to last, or else what it was adopted as in a cluster.
 *
 * This file finds it.
 */
import { and, desc, eq, isNull } from 'drizzle-orm';
import type { Reader } from '#db/client.ts';
import { agents } from '#db/schema/agents.ts';
import { clusters } from '#db/schema/clusters.ts';
import { deployments } from '#db/schema/deployments.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { isActive } from '#lib/model/deployment-status.ts';
import type { WorkloadAddress } from '#lib/model/workload.ts';
import { adoptedWorkload } from '../adopted-workload.ts';

/** The workload of an agent as the database knows it. */
export interface AgentWorkload {
  address: WorkloadAddress;
  clusterName: string;
  /** The deployment that is under way there. */
  deployment: { id: string; version: string } | null;
}

async function workloadFound(db: Reader, teamId: string, agentId: string): Promise<AgentWorkload | null> {
  const found = await adoptedWorkload(db, teamId, agentId);
  if (!found) return null;
  const { clusterId, clusterName, namespace, workload: name } = found;
  return { address: { teamId, clusterId, namespace, name }, clusterName, deployment: null };
}

/**
 * Null: it was deployed nowhere, or its cluster is gone, and nobody adopted it in one.
 *
 * @throws AppError `not_found` for an agent that the team does not have
 */
export async function findWorkload(
  db: Reader,
  teamId: string,
  agentId: string,
): Promise<AgentWorkload | null> {
  const [agent] = await db
    .select({ id: agents.id })
    .from(agents)
    .where(and(eq(agents.id, agentId), eq(agents.teamId, teamId), isNull(agents.deletedAt)));
  if (!agent) throw new AppError('not_found', 'There is no such agent.');
  const [last] = await db
    .select({ row: deployments, clusterName: clusters.name })
    .from(deployments)
    .innerJoin(clusters, and(eq(clusters.id, deployments.clusterId), eq(clusters.teamId, teamId)))
    .where(and(eq(deployments.agentId, agentId), eq(deployments.teamId, teamId)))
    .orderBy(desc(deployments.id))
    .limit(1);
  if (!last) return workloadFound(db, teamId, agentId);
  const { clusterId, namespace, workloadName: name, id, version, status, isQueued } = last.row;
  return {
    address: { teamId, clusterId, namespace, name },
    clusterName: last.clusterName,
    deployment: isActive(status) && !isQueued ? { id, version } : null,
  };
}

/** @throws AppError `not_found` where an agent has no workload that Pitwall knows of */
export async function requireWorkload(db: Reader, teamId: string, agentId: string): Promise<AgentWorkload> {
  const found = await findWorkload(db, teamId, agentId);
  if (!found)
    throw new AppError(
      'not_found',
      'Pitwall has not deployed this agent to a cluster yet, and nobody adopted it in one.',
    );
  return found;
}

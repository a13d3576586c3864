import { and, eq, isNull } from 'drizzle-orm';
import type { Tx } from '#db/client.ts';
import { agents } from '#db/schema/agents.ts';
import { clusters } from '#db/schema/clusters.ts';
import { repositories } from '#db/schema/repositories.ts';
import { AppError } from '#lib/kernel/errors.ts';
import type { DeploymentPlan } from '#lib/model/deployment-plan.ts';

/** What a plan names: an agent, a cluster and perhaps a repository of the team. */
export interface DeploymentTarget {
  agentId: string;
  agentName: string;
  environment: string;
  clusterId: string;
  clusterName: string;
  repositoryId: string | null;
  sha: string | null;
}

/** @throws AppError `not_found` for a repository that the team does not have (security Z4) */
async function sourceOf(tx: Tx, teamId: string, { source }: DeploymentPlan) {
  if (source === null) return { repositoryId: null, sha: null };
  const own = and(eq(repositories.id, source.repositoryId), eq(repositories.teamId, teamId));
  if ((await tx.$count(repositories, own)) === 0)
    throw new AppError('not_found', 'There is no such repository.');
  return source;
}

/**
 * Looks up what a plan names. Only namespaces that were allowed for the cluster are deployed to (security Z12).
 *
 * @throws AppError `not_found` for an agent, a cluster or a repository that the team does not have; `invalid` for
 * another namespace
 */
export async function targetOf(tx: Tx, teamId: string, plan: DeploymentPlan): Promise<DeploymentTarget> {
  const [[agent], [cluster]] = [
    await tx
      .select({ id: agents.id, name: agents.name, environment: agents.environment })
      .from(agents)
      .where(and(eq(agents.id, plan.agentId), eq(agents.teamId, teamId), isNull(agents.deletedAt))),
    await tx
      .select({ id: clusters.id, name: clusters.name, namespaces: clusters.namespaces })
      .from(clusters)
      .where(and(eq(clusters.id, plan.clusterId), eq(clusters.teamId, teamId))),
  ];
  if (!agent) throw new AppError('not_found', 'There is no such agent.');
  if (!cluster) throw new AppError('not_found', 'There is no such cluster.');
  if (!cluster.namespaces.includes(plan.namespace)) {
    const message = `Pitwall may not use this namespace of ${cluster.name}.`;
    throw new AppError('invalid', 'Some values are not valid.', { issues: [{ path: 'namespace', message }] });
  }
  return {
    ...{ agentId: agent.id, agentName: agent.name, environment: agent.environment },
    ...{ clusterId: cluster.id, clusterName: cluster.name },
    ...(await sourceOf(tx, teamId, plan)),
  };
}

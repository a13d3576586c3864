import { and, desc, eq, isNull } from 'drizzle-orm';
import { z } from 'zod';
import type { Reader } from '#db/client.ts';
import { databaseNow } from '#db/now.ts';
import { agents } from '#db/schema/agents.ts';
import { deployments } from '#db/schema/deployments.ts';
import { defineQuery } from '#lib/command/define-query.ts';
import { AppError } from '#lib/kernel/errors.ts';
import type { DeploymentStart } from '#lib/model/deployment-view.ts';
import { adoptedWorkload } from './adopted-workload.ts';
import { freezeAt } from './policies/freeze-windows.ts';
import { policyFor } from './policies/policy-verbs.ts';

/** Where an agent was found that was deployed nowhere yet. */
async function foundFor(db: Reader, teamId: string, agentId: string): Promise<DeploymentStart['last']> {
  const found = await adoptedWorkload(db, teamId, agentId);
  if (!found) return null;
  const { clusterName: _, ...start } = found;
  return { ...start, status: null };
}

/**
 * What somebody who deploys an agent begins with: where it was deployed to the last time, or else where it was found, who
 * will have to approve, and whether anything may be deployed now.
 *
 * @throws AppError `not_found` for an agent that the team does not have
 */
export const deploymentStart = defineQuery({
  name: 'deployments.start',
  permission: 'deployments:create',
  feature: 'deployment_automation',
  input: z.strictObject({ agentId: z.uuid() }),
  async run({ input: { agentId }, actor: { teamId }, db }): Promise<DeploymentStart> {
    const known = and(eq(agents.id, agentId), eq(agents.teamId, teamId), isNull(agents.deletedAt));
    const [agent] = await db.select({ environment: agents.environment }).from(agents).where(known);
    if (!agent) throw new AppError('not_found', 'There is no such agent.');
    const { environment } = agent;
    const { clusterId, namespace, workloadName: workload } = deployments;
    const { container, image, version, repositoryId, status } = deployments;
    const now = await databaseNow(db);
    const [[last], policy, freeze] = await Promise.all([
      db
        .select({ clusterId, namespace, workload, container, image, version, repositoryId, status })
        .from(deployments)
        .where(and(eq(deployments.teamId, teamId), eq(deployments.agentId, agentId)))
        .orderBy(desc(deployments.id))
        .limit(1),
      policyFor(db, teamId, environment),
      freezeAt(db, teamId, environment, now),
    ]);
    const { approvalsNeeded, approvalMinutes, autoRollback } = policy;
    return {
      environment,
      last: last ?? (await foundFor(db, teamId, agentId)),
      policy: { approvalsNeeded, approvalMinutes, autoRollback },
      freeze: freeze && { name: freeze.name, endsAt: freeze.endsAt.getTime() },
    };
  },
});

import { and, eq, isNull, type SQL } from 'drizzle-orm';
import type { Reader } from '#db/client.ts';
import { agents } from '#db/schema/agents.ts';
import { clusters } from '#db/schema/clusters.ts';
import type { scalingDecisions } from '#db/schema/scaling.ts';
import { scalingPolicies } from '#db/schema/scaling.ts';
import { AppError } from '#lib/kernel/errors.ts';
import type { ScalingDecision, ScalingPolicy, ScalingWorkload } from '#lib/model/scaling.ts';

export type ScalingPolicyRow = typeof scalingPolicies.$inferSelect;

export const noSuchPolicy = () => new AppError('not_found', 'There is no such scaling policy.');

/** A policy of the team: the predicate of every statement about one (security Z4). */
export const ownPolicy = (teamId: string, id: string) =>
  and(eq(scalingPolicies.teamId, teamId), eq(scalingPolicies.id, id));

/** The workload that a policy names; null: the one that its agent was last deployed to. */
export function namedWorkload({
  clusterId,
  namespace,
  workloadName,
}: Pick<ScalingPolicyRow, 'clusterId' | 'namespace' | 'workloadName'>): ScalingWorkload | null {
  if (clusterId === null || namespace === null || workloadName === null) return null;
  return { clusterId, namespace, name: workloadName };
}

/** What the ledger keeps of a policy. */
export function policySnapshot(
  row: Omit<Parameters<typeof namedWorkload>[0], never> &
    Pick<ScalingPolicyRow, 'agentId' | 'isDryRun' | 'rule'>,
) {
  const { agentId, isDryRun, rule } = row;
  return { agentId, isDryRun, workload: namedWorkload(row), ...rule };
}

/** Policies as they are shown; those of agents that are gone are left out. */
export async function readPolicies(db: Reader, where: SQL | undefined): Promise<ScalingPolicy[]> {
  const rows = await db
    .select({ policy: scalingPolicies, agentName: agents.name, clusterName: clusters.name })
    .from(scalingPolicies)
    .innerJoin(agents, and(eq(agents.id, scalingPolicies.agentId), isNull(agents.deletedAt)))
    .leftJoin(
      clusters,
      and(eq(clusters.id, scalingPolicies.clusterId), eq(clusters.teamId, scalingPolicies.teamId)),
    )
    .where(where)
    .orderBy(agents.name, scalingPolicies.id);
  return rows.map(({ policy, agentName, clusterName }) => {
    const { id, agentId, isDryRun, rule, state, lastScaledAt, createdAt, updatedAt } = policy;
    const named = namedWorkload(policy);
    return {
      ...{ id, agent: { id: agentId, name: agentName }, isDryRun, rule, state },
      workload: named && { ...named, clusterName: clusterName ?? 'a removed cluster' },
      lastScaledAt: lastScaledAt?.getTime() ?? null,
      ...{ createdAt: createdAt.getTime(), updatedAt: updatedAt.getTime() },
    };
  });
}

export function decisionView(row: typeof scalingDecisions.$inferSelect): ScalingDecision {
  const { id, at, result, hold, fromReplicas, toReplicas, words, load, costPerHour, isDryRun } = row;
  return {
    ...{ id, at: at.getTime(), result, hold, from: fromReplicas, to: toReplicas },
    ...{ words, load, costPerHour, isDryRun },
  };
}

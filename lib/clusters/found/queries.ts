import { and, asc, desc, eq, isNotNull, isNull, lt, ne, or, type SQL } from 'drizzle-orm';
import { z } from 'zod';
import { databaseNow } from '#db/now.ts';
import { agents } from '#db/schema/agents.ts';
import { clusterAgents } from '#db/schema/cluster-agents.ts';
import { clusters } from '#db/schema/clusters.ts';
import { defineQuery } from '#lib/command/define-query.ts';
import type { Page } from '#lib/model/agent-view.ts';
import { type ClusterAgent, clusterAgentListSchema, type WatchedCluster } from '#lib/model/cluster-agent.ts';
import { allowedCapabilities } from './allowed-capabilities.ts';
import { candidatesFor } from './candidates.ts';
import { meantAgents } from './meant-agents.ts';
import { agentStaleSince, isWatched, staleSince } from './staleness.ts';

/** An agent of the console that was deleted since is nobody's any more. */
const isClaimed = and(isNotNull(clusterAgents.agentId), isNull(agents.deletedAt));
const isUnclaimed = or(isNull(clusterAgents.agentId), isNotNull(agents.deletedAt));

const claim = (wanted: boolean | undefined): SQL | undefined => {
  if (wanted === undefined) return undefined;
  return wanted ? isClaimed : isUnclaimed;
};

/** Agents that were found in the clusters of the team, the newest first; those that are gone on request. */
export const listClusterAgents = defineQuery({
  name: 'cluster-agents.list',
  permission: 'clusters:read',
  feature: 'deployment_automation',
  input: clusterAgentListSchema,
  async run({ input, actor, db }): Promise<Page<ClusterAgent>> {
    const rows = await db
      .select({
        found: clusterAgents,
        agent: { id: agents.id, name: agents.name, deletedAt: agents.deletedAt },
        cluster: {
          id: clusters.id,
          name: clusters.name,
          watchLeaseUntil: clusters.watchLeaseUntil,
          watchStaleSince: clusters.watchStaleSince,
          watches: clusters.watches,
          access: clusters.access,
        },
      })
      .from(clusterAgents)
      .innerJoin(clusters, eq(clusters.id, clusterAgents.clusterId))
      .leftJoin(agents, eq(agents.id, clusterAgents.agentId))
      .where(
        and(
          eq(clusterAgents.teamId, actor.teamId),
          input.clusterId === undefined ? undefined : eq(clusterAgents.clusterId, input.clusterId),
          input.agentId === undefined ? undefined : eq(clusterAgents.agentId, input.agentId),
          claim(input.isClaimed),
          (input.isArchived ? eq : ne)(clusterAgents.presence, 'archived'),
          input.cursor === undefined ? undefined : lt(clusterAgents.id, input.cursor),
        ),
      )
      .orderBy(desc(clusterAgents.id))
      .limit(input.limit + 1);
    const shown = rows.slice(0, input.limit);
    const [now, candidates] = await Promise.all([
      databaseNow(db),
      candidatesFor(
        db,
        actor.teamId,
        shown.map(({ found }) => found.facts.telemetry),
      ),
    ]);
    const items = shown.map(({ found, agent, cluster }): ClusterAgent => {
      const { telemetry, ...facts } = found.facts;
      const meant = meantAgents(telemetry, candidates);
      const { workloadKind, workloadName } = found;
      const isMeant = agent !== null && agent.deletedAt === null;
      return {
        ...{ id: found.id, cluster: { id: cluster.id, name: cluster.name }, namespace: found.namespace },
        ...{ group: found.group, kind: found.kind, name: found.name, incarnation: found.incarnation },
        ...facts,
        capabilities: allowedCapabilities(facts.capabilities, cluster.access, found.namespace),
        agent: isMeant ? { id: agent.id, name: agent.name } : null,
        matches: isMeant ? [] : meant.map(({ id, name, environment }) => ({ id, name, environment })),
        presence: found.presence,
        missingSince: found.missingSince?.getTime() ?? null,
        archivedAt: found.archivedAt?.getTime() ?? null,
        staleSince: agentStaleSince(cluster, found, workloadKind, now),
        workload: workloadKind && workloadName ? { kind: workloadKind, name: workloadName } : null,
        foundAt: found.createdAt.getTime(),
      };
    });
    return { items, nextCursor: rows.length > shown.length ? (items.at(-1)?.id ?? null) : null };
  },
});

/** How current what is known of each cluster of the team is, and what may not be seen there. */
export const listWatches = defineQuery({
  name: 'clusters.list-watches',
  permission: 'clusters:read',
  feature: 'deployment_automation',
  input: z.strictObject({}),
  async run({ actor, db }): Promise<{ items: WatchedCluster[] }> {
    const rows = await db
      .select()
      .from(clusters)
      .where(eq(clusters.teamId, actor.teamId))
      .orderBy(asc(clusters.name), asc(clusters.id));
    const now = await databaseNow(db);
    const items = rows.map(
      (row): WatchedCluster => ({
        ...{ id: row.id, name: row.name, namespaces: row.namespaces, watches: row.watches },
        autoAdoptNamespaces: row.autoAdoptNamespaces,
        isWatched: isWatched(row, now),
        staleSince: staleSince(row, now),
        problem: row.watchProblem,
      }),
    );
    return { items };
  },
});

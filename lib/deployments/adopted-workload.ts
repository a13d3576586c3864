import { and, desc, eq } from 'drizzle-orm';
import type { Reader } from '#db/client.ts';
import { clusterAgents } from '#db/schema/cluster-agents.ts';
import { clusters } from '#db/schema/clusters.ts';
import type { DeploymentStart } from '#lib/model/deployment-view.ts';
import { imageReference } from './rolling-back/image-reference.ts';

type Start = Omit<NonNullable<DeploymentStart['last']>, 'status'>;

/**
 * The workload that an agent runs in, where somebody adopted it in a cluster and versions can be applied to it; null
 * where there is none. Of several the one that was adopted last.
 */
export async function adoptedWorkload(
  db: Reader,
  teamId: string,
  agentId: string,
): Promise<(Start & { clusterName: string }) | null> {
  const rows = await db
    .select({ found: clusterAgents, clusterName: clusters.name })
    .from(clusterAgents)
    .innerJoin(clusters, eq(clusters.id, clusterAgents.clusterId))
    .where(
      and(
        eq(clusterAgents.teamId, teamId),
        eq(clusterAgents.agentId, agentId),
        eq(clusterAgents.presence, 'present'),
      ),
    )
    .orderBy(desc(clusterAgents.adoptedAt));
  const row = rows.find(({ found }) => found.facts.capabilities.deployable);
  if (!row) return null;
  const { clusterId, namespace, workloadName: workload, container, facts } = row.found;
  if (!workload || !container || !facts.image) return null;
  const { image, version } = imageReference(facts.image);
  const what = { container, image, version: version ?? '', repositoryId: null };
  return { clusterId, clusterName: row.clusterName, namespace, workload, ...what };
}

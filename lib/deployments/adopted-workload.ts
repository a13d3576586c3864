import { and, desc, eq } from 'drizzle-orm';
import type { Reader } from '#db/client.ts';
import { clusterAgents } from '#db/schema/cluster-agents.ts';
import type { DeploymentStart } from '#lib/model/deployment-view.ts';
import { imageReference } from './rolling-back/image-reference.ts';

/**
 * The workload that an agent runs in, where somebody adopted it in a cluster and versions can be applied to it; null
 * where there is none. Of several the one that was adopted last.
 */
export async function adoptedWorkload(
  db: Reader,
  teamId: string,
  agentId: string,
): Promise<DeploymentStart['last']> {
  const rows = await db
    .select()
    .from(clusterAgents)
    .where(
      and(
        eq(clusterAgents.teamId, teamId),
        eq(clusterAgents.agentId, agentId),
        eq(clusterAgents.presence, 'present'),
      ),
    )
    .orderBy(desc(clusterAgents.adoptedAt));
  const found = rows.find(({ facts }) => facts.capabilities.deployable);
  if (!found?.workloadName || !found.container || !found.facts.image) return null;
  const { image, version } = imageReference(found.facts.image);
  const { clusterId, namespace, workloadName: workload, container } = found;
  return { clusterId, namespace, workload, container, image, version: version ?? '', repositoryId: null };
}

import { deploymentEvents, deployments } from '#db/schema/deployments.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import type { DeployMeter } from '#lib/pipeline/deploy/settle.ts';
import type { ImageSource } from '#lib/registries/image-source.ts';
import type { World } from './world.ts';

/** Counts nothing. */
export const silentMeter: DeployMeter = { became: () => {}, rolledOut: () => {}, leaseAge: () => {} };

/** For deployments whose tags are not looked up. */
export const noImages: ImageSource = {
  resolve: async (_teamId, image, tag) => {
    throw new Error(`${image}:${tag} was looked up`);
  },
};

/** A deployment as it was asked for, with the first event of its timeline; each of a workload of its own. */
export async function makeDeployment(
  { db }: Pick<World, 'db'>,
  teamId: string,
  values: Partial<typeof deployments.$inferInsert> = {},
) {
  const id = uuidv7();
  const workloadName = `agent-${id.slice(-12)}`;
  const [row] = await db
    .insert(deployments)
    .values({
      ...{ id, teamId, agentName: 'Checkout', environment: 'production' },
      ...{ clusterId: uuidv7(), clusterName: 'prod-eu', namespace: 'agents' },
      ...{ workloadKind: 'Deployment', workloadName, kind: 'deploy', container: 'agent' },
      ...{ image: 'registry.example.test/agent', version: '1.0.0', payloadHash: 'x' },
      requestedByName: 'Anna',
      ...values,
    })
    .returning();
  if (!row) throw new Error('The insert returned no row.');
  await db.insert(deploymentEvents).values({
    ...{ teamId, deploymentId: id, seq: 1, fromStatus: null, toStatus: row.status },
    ...{ actorKind: 'system', actorId: 'test', actorName: 'test', code: 'created', at: new Date() },
  });
  return row;
}

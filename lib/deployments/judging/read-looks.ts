import { asc, eq } from 'drizzle-orm';
import type { Reader } from '#db/client.ts';
import { deploymentGateLooks } from '#db/schema/deployments.ts';
import type { GateLook } from './gate-progress.ts';

/** The looks that a deployment's gate has taken, in their order. */
export async function readGateLooks(db: Reader, deploymentId: string): Promise<GateLook[]> {
  return db
    .select()
    .from(deploymentGateLooks)
    .where(eq(deploymentGateLooks.deploymentId, deploymentId))
    .orderBy(asc(deploymentGateLooks.look));
}

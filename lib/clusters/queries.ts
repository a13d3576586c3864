import { asc, eq } from 'drizzle-orm';
import { z } from 'zod';
import { clusters } from '#db/schema/clusters.ts';
import { defineQuery } from '#lib/command/define-query.ts';
import type { ClusterView } from '#lib/model/cluster.ts';

function viewOf(row: typeof clusters.$inferSelect): ClusterView {
  return {
    id: row.id,
    name: row.name,
    from: row.accessFrom,
    server: row.server,
    context: row.context,
    hasCa: row.ca !== null,
    skipTlsVerify: row.skipTlsVerify,
    namespaces: row.namespaces,
    lastContactAt: row.lastContactAt?.getTime() ?? null,
    lastError: row.lastError,
    isChecking: row.checkRequestedAt !== null,
    checkedAt: row.checkedAt?.getTime() ?? null,
    access: row.access,
  };
}

/** The clusters of the team by name, without their credentials. */
export const listClusters = defineQuery({
  name: 'clusters.list',
  permission: 'clusters:read',
  feature: 'deployment_automation',
  input: z.strictObject({}),
  async run({ actor, db }): Promise<{ items: ClusterView[] }> {
    const rows = await db
      .select()
      .from(clusters)
      .where(eq(clusters.teamId, actor.teamId))
      .orderBy(asc(clusters.name), asc(clusters.id));
    return { items: rows.map(viewOf) };
  },
});

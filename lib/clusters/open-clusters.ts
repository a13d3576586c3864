import { and, eq } from 'drizzle-orm';
import type { Db } from '#db/client.ts';
import { clusters } from '#db/schema/clusters.ts';
import type { Sealer } from '#lib/command/context.ts';
import { AppError } from '#lib/kernel/errors.ts';
import type { ClusterAccess, ClusterUser } from '#lib/model/cluster-access.ts';
import type { Cluster } from '#lib/ports/cluster/port.ts';
import { confinedCluster } from './confined-cluster.ts';

export interface OpenClustersParts {
  db: Db;
  sealer: Sealer;
  open(access: ClusterAccess): Promise<Cluster>;
}

/** The clusters that a worker has to do with, each connected to once and confined to its namespaces. */
export interface OpenClusters {
  /**
   * @throws AppError `not_found` for a cluster that is gone or is another team's
   * @throws ClusterError when it may not be reached or there are no credentials
   */
  get(teamId: string, clusterId: string): Promise<Cluster>;
  close(): Promise<void>;
}

type Row = typeof clusters.$inferSelect;

function accessOf(row: Row, sealer: Sealer): ClusterAccess {
  if (row.accessFrom === 'in-cluster') return { from: 'in-cluster' };
  if (row.accessFrom === 'kubeconfig') return { from: 'kubeconfig', context: row.context };
  const { server, ca, skipTlsVerify, tlsServerName, sealedUser } = row;
  const user: ClusterUser = JSON.parse(sealer.open(sealedUser ?? ''));
  return { from: 'given', server: server ?? '', ca, skipTlsVerify, tlsServerName, user };
}

/** Keeps clusters open, and opens one anew when how it is reached has changed. */
export function createOpenClusters({ db, sealer, open }: OpenClustersParts): OpenClusters {
  const opened = new Map<string, { version: number; cluster: Promise<Cluster> }>();
  const forget = (id: string): void => {
    const former = opened.get(id);
    opened.delete(id);
    former?.cluster.then((cluster) => cluster.close()).catch(() => undefined);
  };
  return {
    async get(teamId, clusterId) {
      const [row] = await db
        .select()
        .from(clusters)
        .where(and(eq(clusters.id, clusterId), eq(clusters.teamId, teamId)));
      if (!row) {
        forget(clusterId);
        throw new AppError('not_found', 'There is no such cluster.');
      }
      const known = opened.get(clusterId);
      if (known?.version === row.version) return known.cluster;
      forget(clusterId);
      const cluster = open(accessOf(row, sealer)).then((made) => confinedCluster(made, row.namespaces));
      opened.set(clusterId, { version: row.version, cluster });
      // What could not be opened is tried anew the next time.
      cluster.catch(() => opened.get(clusterId)?.cluster === cluster && opened.delete(clusterId));
      return cluster;
    },
    async close() {
      const all = [...opened.values()];
      opened.clear();
      await Promise.allSettled(all.map(async ({ cluster }) => (await cluster).close()));
    },
  };
}

import type { Metadata } from 'next';
import Link from 'next/link';
import { ClusterList } from '#components/clusters/cluster-list.tsx';
import { ConnectCluster } from '#components/clusters/connect-cluster.tsx';
import { PageHeader } from '#components/ui/page.tsx';
import { listClusters } from '#lib/clusters/queries.ts';
import { paths } from '#lib/model/paths.ts';
import { read, requireActor } from '#lib/web/session.ts';
import { checkCluster, connectCluster, deleteCluster, reconnectCluster, updateCluster } from './actions.ts';

export const metadata: Metadata = { title: 'Clusters' };

export default async function ClustersPage() {
  const { permissions } = await requireActor(paths.clusters());
  const { items } = await read(listClusters, {});
  const mayManage = permissions.has('clusters:manage');
  return (
    <div className="flex flex-col gap-4">
      <PageHeader title="Clusters">
        Where your agents run. Pitwall uses only the namespaces that you name, with the credentials that you
        give.{' '}
        <Link href={paths.foundAgents()} className="underline">
          What was found there
        </Link>
      </PageHeader>
      {mayManage && (
        <ConnectCluster connect={connectCluster} mayLend={permissions.has('installation:update')} />
      )}
      <ClusterList
        clusters={items}
        actions={
          mayManage
            ? {
                check: checkCluster,
                update: updateCluster,
                reconnect: reconnectCluster,
                remove: deleteCluster,
              }
            : null
        }
        mayLend={permissions.has('installation:update')}
        renderedAtMs={Date.now()}
      />
    </div>
  );
}

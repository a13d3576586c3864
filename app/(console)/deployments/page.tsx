import type { Metadata } from 'next';
import { DeployButton } from '#components/deployments/deploy-button.tsx';
import { Beginning } from '#components/deployments/list/beginning.tsx';
import { ACTIVE_QUERY, filterOfSearch, listQuery } from '#components/deployments/list/deployment-filter.ts';
import { DeploymentList } from '#components/deployments/list/deployment-list.tsx';
import { listDeployments } from '#lib/deployments/queries.ts';
import { deploymentListSchema } from '#lib/model/deployment.ts';
import { paths, type Query } from '#lib/model/paths.ts';
import { read, requireActor } from '#lib/web/session.ts';

export const metadata: Metadata = { title: 'Deployments' };

type Search = Promise<Record<string, string | string[] | undefined>>;

function readList(query: Query) {
  const given = Object.entries(query).filter(([, value]) => value !== '');
  return read(listDeployments, deploymentListSchema.parse(Object.fromEntries(given)));
}

export default async function DeploymentsPage({ searchParams }: { searchParams: Search }) {
  const [{ permissions }, search] = await Promise.all([requireActor(paths.deployments()), searchParams]);
  const get = (name: string) => {
    const value = search[name];
    return typeof value === 'string' ? value : null;
  };
  const [page, active] = await Promise.all([
    readList(listQuery(filterOfSearch({ get }))),
    readList(ACTIVE_QUERY),
  ]);
  return (
    <DeploymentList
      start={{ rows: page.items, nextCursor: page.nextCursor, active: active.items }}
      actions={<DeployButton mayDeploy={permissions.has('deployments:create')} />}
      beginning={<Beginning mayConnect={permissions.has('clusters:manage')} />}
      renderedAtMs={Date.now()}
    />
  );
}

import type { Metadata } from 'next';
import { DeploymentList } from '#components/deployments/list/deployment-list.tsx';
import { PageHeader } from '#components/ui/page.tsx';
import { listDeployments } from '#lib/deployments/queries.ts';
import { paths } from '#lib/model/paths.ts';
import { readPage, requireActor } from '#lib/web/session.ts';

export const metadata: Metadata = { title: 'Deployments' };

export default async function DeploymentsPage(props: { searchParams: Promise<Record<string, unknown>> }) {
  const { cursor } = await props.searchParams;
  await requireActor(paths.deployments());
  const page = await readPage(listDeployments, {}, cursor);
  return (
    <div className="flex flex-col gap-4">
      <PageHeader title="Deployments" />
      <DeploymentList page={page} renderedAtMs={Date.now()} />
    </div>
  );
}

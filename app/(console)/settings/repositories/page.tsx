import type { Metadata } from 'next';
import { ConnectRepository } from '#components/repositories/connect-repository.tsx';
import { RepositoryList } from '#components/repositories/repository-list.tsx';
import { PageHeader } from '#components/ui/page.tsx';
import { paths, withQuery } from '#lib/model/paths.ts';
import { listRepositories } from '#lib/repositories/queries.ts';
import { read, requireActor } from '#lib/web/session.ts';
import {
  connectRepository,
  disconnectRepository,
  recentDeliveries,
  rotateSecret,
  testRepository,
  updateRepository,
} from './actions.ts';

export const metadata: Metadata = { title: 'Repositories' };

export default async function RepositoriesPage() {
  const { permissions } = await requireActor(paths.repositories());
  const { items } = await read(listRepositories, {});
  const mayManage = permissions.has('repositories:manage');
  const proveAgain = withQuery(paths.signIn(), { again: 1, callbackUrl: paths.repositories() });
  return (
    <div className="flex flex-col gap-4">
      <PageHeader title="Repositories">
        Where the source of your agents is kept, and which of its events may start a deployment. None starts
        one yet: events are checked and listed.
      </PageHeader>
      {mayManage && <ConnectRepository connect={connectRepository} proveAgain={proveAgain} />}
      <RepositoryList
        repositories={items}
        deliveries={recentDeliveries}
        actions={
          mayManage
            ? {
                update: updateRepository,
                test: testRepository,
                rotate: rotateSecret,
                disconnect: disconnectRepository,
              }
            : null
        }
        proveAgain={proveAgain}
        renderedAtMs={Date.now()}
      />
    </div>
  );
}

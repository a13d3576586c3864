import type { Metadata } from 'next';
import { ConnectRepository } from '#components/repositories/connect-repository.tsx';
import { RepositoryList } from '#components/repositories/repository-list.tsx';
import { TriggerList } from '#components/repositories/triggers/trigger-list.tsx';
import { PageHeader } from '#components/ui/page.tsx';
import { listAgents } from '#lib/agents/queries.ts';
import { listClusters } from '#lib/clusters/queries.ts';
import { paths, withQuery } from '#lib/model/paths.ts';
import { listTriggers } from '#lib/pipeline/triggers/manage-triggers.ts';
import { listRepositories } from '#lib/repositories/queries.ts';
import { read, requireActor } from '#lib/web/session.ts';
import {
  connectRepository,
  createTrigger,
  deleteTrigger,
  disconnectRepository,
  recentDeliveries,
  rotateSecret,
  runTrigger,
  testRepository,
  updateRepository,
  updateTrigger,
} from './actions.ts';

export const metadata: Metadata = { title: 'Repositories' };

/** Agents that can be chosen from; others are named over the API. */
const MOST_AGENTS = 200;

const NOTHING = { items: [] };
/** What keeping triggers takes: they are chosen from agents and clusters. */
const TRIGGERING = ['repositories:manage', 'deployments:create', 'clusters:read', 'agents:read'] as const;

export default async function RepositoriesPage() {
  const { permissions } = await requireActor(paths.repositories());
  const mayTrigger = TRIGGERING.every((permission) => permissions.has(permission));
  const [{ items }, triggers, clusters, agents] = await Promise.all([
    read(listRepositories, {}),
    read(listTriggers, {}),
    mayTrigger ? read(listClusters, {}) : NOTHING,
    mayTrigger ? read(listAgents, { limit: MOST_AGENTS }) : NOTHING,
  ]);
  const mayManage = permissions.has('repositories:manage');
  const proveAgain = withQuery(paths.signIn(), { again: 1, callbackUrl: paths.repositories() });
  return (
    <div className="flex flex-col gap-4">
      <PageHeader title="Repositories">
        Where the source of your agents is kept, which of its events may start a deployment, and which agents
        they deploy.
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
      <TriggerList
        triggers={triggers.items}
        choices={{ repositories: items, agents: agents.items, clusters: clusters.items }}
        actions={mayTrigger ? { create: createTrigger, update: updateTrigger, remove: deleteTrigger } : null}
        run={permissions.has('deployments:create') ? runTrigger : null}
        renderedAtMs={Date.now()}
      />
    </div>
  );
}

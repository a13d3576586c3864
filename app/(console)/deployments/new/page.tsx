import type { Metadata } from 'next';
import { NewDeployment } from '#components/deployments/new/new-deployment.tsx';
import { ButtonLink } from '#components/ui/button.tsx';
import { PageHeader } from '#components/ui/page.tsx';
import { StateMessage } from '#components/ui/states.tsx';
import { listClusters } from '#lib/clusters/queries.ts';
import { deploymentStart } from '#lib/deployments/deployment-start.ts';
import { paths } from '#lib/model/paths.ts';
import { listRepositories } from '#lib/repositories/queries.ts';
import { read, requireActor } from '#lib/web/session.ts';
import { allAgents } from '../../all-agents.ts';
import { createDeployment, previewDeployment, readPreview } from './actions.ts';

export const metadata: Metadata = { title: 'New deployment' };

/** The agent of the address, with what its deployment begins with. */
async function chosenOf(agent: unknown) {
  if (typeof agent !== 'string') return null;
  return { id: agent, start: await read(deploymentStart, { agentId: agent }) };
}

export default async function NewDeploymentPage(props: { searchParams: Promise<Record<string, unknown>> }) {
  const { agent } = await props.searchParams;
  const { permissions } = await requireActor(paths.newDeployment());
  // Where deployments are switched off the page is not there.
  const { items: clusters } = await read(listClusters, {});
  if (!permissions.has('deployments:create'))
    return (
      <StateMessage kind="no-permission" title="Your role may not deploy agents">
        Developers and admins of your team may.
      </StateMessage>
    );
  const [chosen, agents, repositories] = await Promise.all([
    chosenOf(agent),
    allAgents(),
    permissions.has('repositories:read') ? read(listRepositories, {}) : { items: [] },
  ]);
  return (
    <div className="flex flex-col gap-4">
      <PageHeader title="New deployment">
        Choose a version and where it is to run, look at what the cluster would change, then confirm.
      </PageHeader>
      {clusters.length === 0 ? (
        <StateMessage
          kind="empty"
          title="No cluster is connected yet"
          action={<ButtonLink href={paths.clusters()}>Clusters</ButtonLink>}
        >
          {permissions.has('clusters:manage')
            ? 'Connect the one that your agents run in.'
            : 'An admin of your team connects the one that your agents run in.'}
        </StateMessage>
      ) : (
        <NewDeployment
          agents={agents
            .map(({ id, name, environment }) => ({ id, name, environment }))
            .sort((a, b) => a.name.localeCompare(b.name, 'en') || a.environment.localeCompare(b.environment))}
          chosen={chosen}
          clusters={clusters.map(({ id, name, namespaces }) => ({ id, name, namespaces }))}
          repositories={repositories.items.map(({ id, fullName }) => ({ id, fullName }))}
          actions={{ create: createDeployment, preview: previewDeployment, read: readPreview }}
          renderedAtMs={Date.now()}
        />
      )}
    </div>
  );
}

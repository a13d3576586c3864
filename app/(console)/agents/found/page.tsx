import type { Metadata } from 'next';
import { ClusterStates } from '#components/clusters/found/cluster-states.tsx';
import { FoundList } from '#components/clusters/found/found-list.tsx';
import { foundVerdict } from '#components/clusters/found/found-words.ts';
import { ButtonLink } from '#components/ui/button.tsx';
import { PageHeader } from '#components/ui/page.tsx';
import { StateMessage } from '#components/ui/states.tsx';
import { listClusterAgents, listWatches } from '#lib/clusters/found/queries.ts';
import { clusterAgentListSchema } from '#lib/model/cluster-agent.ts';
import { paths } from '#lib/model/paths.ts';
import { read, requireActor } from '#lib/web/session.ts';
import { adoptAgent, releaseAgent, setAutoAdoption } from './actions.ts';

export const metadata: Metadata = { title: 'Found in clusters' };

type Search = Promise<Record<string, string | string[] | undefined>>;

export default async function FoundAgentsPage({ searchParams }: { searchParams: Search }) {
  const [{ permissions }, search] = await Promise.all([requireActor(paths.foundAgents()), searchParams]);
  const isArchive = search.gone === '1';
  // An address that was altered shows the first page.
  const { data: { cursor } = {} } = clusterAgentListSchema.safeParse({ cursor: search.cursor });
  const [{ items, nextCursor }, { items: clusters }] = await Promise.all([
    read(listClusterAgents, { isArchived: isArchive, limit: 200, cursor }),
    read(listWatches, {}),
  ]);
  const mayManage = permissions.has('clusters:manage');
  // What waits for somebody comes first.
  const found = items.toSorted((a, b) => Number(a.agent !== null) - Number(b.agent !== null));
  const other = isArchive ? paths.foundAgents() : paths.foundAgents({ gone: '1' });
  return (
    <div className="flex flex-col gap-4">
      <PageHeader
        title={isArchive ? 'Gone from clusters' : foundVerdict(items)}
        actions={
          <ButtonLink href={other}>{isArchive ? 'Show what is there' : 'Show what is gone'}</ButtonLink>
        }
      >
        Agents as they are in your clusters. Adopted ones are agents of the console, with their telemetry.
      </PageHeader>
      {clusters.length === 0 ? (
        <StateMessage
          kind="empty"
          title="No cluster is connected yet"
          action={mayManage && <ButtonLink href={paths.clusters()}>Connect a cluster</ButtonLink>}
        >
          Agents are found in connected clusters by themselves.
          {!mayManage && ' Admins of your team connect clusters.'}
        </StateMessage>
      ) : (
        <>
          <ClusterStates
            clusters={clusters}
            setAutoAdoption={mayManage ? setAutoAdoption : null}
            renderedAtMs={Date.now()}
          />
          <FoundList
            found={found}
            isArchive={isArchive}
            actions={permissions.has('agents:create') ? { adopt: adoptAgent, release: releaseAgent } : null}
            renderedAtMs={Date.now()}
          />
        </>
      )}
      {nextCursor !== null && (
        <ButtonLink href={paths.foundAgents({ gone: isArchive ? '1' : null, cursor: nextCursor })}>
          Show more
        </ButtonLink>
      )}
    </div>
  );
}

import { Plus } from 'lucide-react';
import type { Metadata } from 'next';
import { AgentList } from '#components/agents/agent-list.tsx';
import { Button, ButtonLink } from '#components/ui/button.tsx';
import { PageHeader } from '#components/ui/page.tsx';
import { StateMessage } from '#components/ui/states.tsx';
import { roleHolds } from '#lib/access/permissions.ts';
import { listAgents } from '#lib/agents/queries.ts';
import { paths } from '#lib/model/paths.ts';
import { read, requireActor } from '#lib/web/session.ts';

export const metadata: Metadata = { title: 'Agents' };

export default async function AgentsPage() {
  const [{ role }, page] = await Promise.all([requireActor(), read(listAgents, { limit: 1000 })]);
  const add = roleHolds(role, 'agents:create') ? (
    <ButtonLink href={paths.newAgent()} icon={Plus}>
      Add by hand
    </ButtonLink>
  ) : (
    <Button icon={Plus} disabledReason="Your role may not add agents.">
      Add by hand
    </Button>
  );
  return (
    <div className="flex flex-col gap-3">
      <PageHeader title="Agents" actions={add}>
        {page.nextCursor !== null &&
          'The thousand that need attention most are shown; search finds all of them live.'}
      </PageHeader>
      {page.items.length === 0 ? (
        <StateMessage
          kind="empty"
          title="No agents yet"
          action={
            <ButtonLink href={paths.connect()} variant="primary">
              Connect an agent
            </ButtonLink>
          }
        >
          Agents appear by themselves with their first span or metric.
        </StateMessage>
      ) : (
        <AgentList agents={page.items} renderedAtMs={Date.now()} />
      )}
    </div>
  );
}

import { Plus, Radar } from 'lucide-react';
import type { Metadata } from 'next';
import { AgentList } from '#components/agents/agent-list.tsx';
import { Button, ButtonLink } from '#components/ui/button.tsx';
import { PageHeader } from '#components/ui/page.tsx';
import { listViews } from '#lib/agents/view-queries.ts';
import { paths } from '#lib/model/paths.ts';
import { hasFeature } from '#lib/web/has-feature.ts';
import { read, requireActor } from '#lib/web/session.ts';
import { allAgents } from '../all-agents.ts';
import { claimAgent, deleteAgent, deleteView, saveView, startAgent, stopAgent } from './actions.ts';

export const metadata: Metadata = { title: 'Agents' };

const refusal = (may: boolean, what: string) => (may ? null : `Your role may not ${what} agents.`);

export default async function AgentsPage() {
  const [{ permissions }, agents, views, deploys] = await Promise.all([
    requireActor(),
    allAgents(),
    read(listViews, {}),
    hasFeature('deployment_automation'),
  ]);
  const add = permissions.has('agents:create') ? (
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
      <PageHeader
        title="Agents"
        actions={
          <>
            {deploys && permissions.has('clusters:read') && (
              <ButtonLink href={paths.foundAgents()} icon={Radar}>
                Found in clusters
              </ButtonLink>
            )}
            {add}
          </>
        }
      />
      <AgentList
        agents={agents}
        views={views}
        viewActions={{ save: saveView, remove: deleteView }}
        actions={{ start: startAgent, stop: stopAgent, claim: claimAgent, remove: deleteAgent }}
        refusals={{
          claim: refusal(permissions.has('agents:claim'), 'claim'),
          start: refusal(permissions.has('agents:control'), 'start'),
          stop: refusal(permissions.has('agents:control'), 'stop'),
          remove: refusal(permissions.has('agents:delete'), 'delete'),
        }}
        renderedAtMs={Date.now()}
      />
    </div>
  );
}

import type { Metadata } from 'next';
import { AgentForm } from '#components/agents/agent-form.tsx';
import { PageHeader } from '#components/ui/page.tsx';
import { StateMessage } from '#components/ui/states.tsx';
import { requireActor } from '#lib/web/session.ts';
import { createAgent } from '../actions.ts';

export const metadata: Metadata = { title: 'Add an agent' };

export default async function NewAgentPage() {
  const { permissions } = await requireActor();
  return (
    <div className="flex flex-col gap-4">
      <PageHeader title="Add an agent by hand">
        Only needed for agents that send no telemetry yet; all others appear by themselves.
      </PageHeader>
      {permissions.has('agents:create') ? (
        <AgentForm agent={null} save={createAgent} />
      ) : (
        <StateMessage kind="no-permission" title="Your role may not add agents">
          Developers and admins of your team may.
        </StateMessage>
      )}
    </div>
  );
}

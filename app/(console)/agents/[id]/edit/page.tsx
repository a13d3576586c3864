import type { Metadata } from 'next';
import { AgentForm } from '#components/agents/agent-form.tsx';
import { PageHeader } from '#components/ui/page.tsx';
import { StateMessage } from '#components/ui/states.tsx';
import { records } from '../../../records.ts';
import { updateAgent } from '../../actions.ts';
import type { AgentPageProps } from '../agent.ts';

export const metadata: Metadata = { title: 'Edit agent' };

export default async function EditAgentPage({ params }: AgentPageProps) {
  const agent = await records.agent((await params).id);
  return (
    <div className="flex flex-col gap-4">
      <PageHeader title={`Edit ${agent.name}`} />
      {agent.can.update.allowed ? (
        <AgentForm agent={agent} save={updateAgent} />
      ) : (
        <StateMessage kind="no-permission" title="You may not change this agent">
          {agent.can.update.reason}
        </StateMessage>
      )}
    </div>
  );
}

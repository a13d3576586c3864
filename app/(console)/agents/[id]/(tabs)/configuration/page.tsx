import { Configuration } from '#components/agents/configuration.tsx';
import { type AgentPageProps, agentOfPage } from '../../agent.ts';

export default async function AgentConfigurationPage({ params }: AgentPageProps) {
  return <Configuration agent={await agentOfPage((await params).id)} />;
}

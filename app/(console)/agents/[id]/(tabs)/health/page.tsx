import { HealthHistory } from '#components/agents/health-history.tsx';
import { listTransitions } from '#lib/agents/transition-queries.ts';
import { read } from '#lib/web/session.ts';
import { type AgentPageProps, agentOfPage } from '../../agent.ts';

export default async function AgentHealthPage({ params }: AgentPageProps) {
  const { id } = await params;
  const [agent, transitions] = await Promise.all([
    agentOfPage(id),
    read(listTransitions, { agentId: id, limit: 200 }),
  ]);
  return <HealthHistory agent={agent} transitions={transitions.items} renderedAtMs={Date.now()} />;
}

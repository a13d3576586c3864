import { HealthHistory } from '#components/agents/health-history.tsx';
import { listTransitions } from '#lib/agents/transition-queries.ts';
import { read } from '#lib/web/session.ts';
import { records } from '../../../../records.ts';
import type { AgentPageProps } from '../../agent.ts';

export default async function AgentHealthPage({ params }: AgentPageProps) {
  const { id } = await params;
  const [agent, transitions] = await Promise.all([
    records.agent(id),
    read(listTransitions, { agentId: id, limit: 200 }),
  ]);
  return <HealthHistory agent={agent} transitions={transitions.items} renderedAtMs={Date.now()} />;
}

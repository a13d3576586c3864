import type { Metadata } from 'next';
import { AgentNumbers } from '#components/agents/agent-numbers.tsx';
import { MetricPanels } from '#components/agents/metric-panels.tsx';
import { OperationPanels } from '#components/charts/operation-panels.tsx';
import { listMetrics } from '#lib/metrics/queries.ts';
import { read } from '#lib/web/session.ts';
import { type AgentPageProps, agentOfPage } from '../agent.ts';

export async function generateMetadata({ params }: AgentPageProps): Promise<Metadata> {
  return { title: (await agentOfPage((await params).id)).name };
}

export default async function AgentOverviewPage({ params }: AgentPageProps) {
  const { id } = await agentOfPage((await params).id);
  const metrics = await read(listMetrics, { agentId: id });
  return (
    <>
      <AgentNumbers agentId={id} />
      <OperationPanels agentId={id} />
      <MetricPanels agentId={id} metrics={metrics} />
    </>
  );
}

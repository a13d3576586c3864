import { AgentNumbers } from '#components/agents/agent-numbers.tsx';
import { MetricPanels } from '#components/agents/metric-panels.tsx';
import { versionMarkers } from '#components/agents/version-markers.ts';
import { AgentWithoutRuns } from '#components/agents/without-runs.tsx';
import { OperationPanels } from '#components/charts/operation-panels.tsx';
import { listRunlessAgents } from '#lib/agents/runless-agents.ts';
import { listVersionChanges } from '#lib/agents/version-queries.ts';
import { listMetrics } from '#lib/metrics/queries.ts';
import { read } from '#lib/web/session.ts';
import { records } from '../../../records.ts';
import type { AgentPageProps } from '../agent.ts';

export default async function AgentOverviewPage({ params }: AgentPageProps) {
  const { id, name } = await records.agent((await params).id);
  const [metrics, versions, runless] = await Promise.all([
    read(listMetrics, { agentId: id }),
    read(listVersionChanges, { agentId: id }),
    read(listRunlessAgents, {}),
  ]);
  const markers = versionMarkers(versions);
  return (
    <>
      <AgentNumbers agentId={id} />
      {runless.includes(id) && <AgentWithoutRuns agentId={id} name={name} />}
      <OperationPanels agentId={id} markers={markers} />
      <MetricPanels agentId={id} metrics={metrics} markers={markers} />
    </>
  );
}

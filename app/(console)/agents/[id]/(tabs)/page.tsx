import { AgentNumbers } from '#components/agents/agent-numbers.tsx';
import { MetricPanels } from '#components/agents/metric-panels.tsx';
import { VersionList } from '#components/agents/version-list.tsx';
import { deploymentMarkers, versionMarkers } from '#components/agents/version-markers.ts';
import { AgentWithoutRuns } from '#components/agents/without-runs.tsx';
import { OperationPanels } from '#components/charts/operation-panels.tsx';
import { listRunlessAgents } from '#lib/agents/runless-agents.ts';
import { listVersionChanges } from '#lib/agents/version-queries.ts';
import { listDeployments } from '#lib/deployments/queries.ts';
import { listMetrics } from '#lib/metrics/queries.ts';
import { maySeeDeployments } from '#lib/web/has-feature.ts';
import { read } from '#lib/web/session.ts';
import { records } from '../../../records.ts';
import type { AgentPageProps } from '../agent.ts';

/** What may have changed the charts of an agent. Those that were rolled back had been completed before. */
async function momentsOf(agentId: string) {
  const done = { agentId, status: ['completed', 'rolled_back'], limit: 100 };
  const [versions, deployments] = await Promise.all([
    read(listVersionChanges, { agentId }),
    (await maySeeDeployments()) ? read(listDeployments, done) : { items: [] },
  ]);
  return [...versionMarkers(versions), ...deploymentMarkers(deployments.items)];
}

export default async function AgentOverviewPage({ params }: AgentPageProps) {
  const { id, name } = await records.agent((await params).id);
  const [metrics, moments, runless] = await Promise.all([
    read(listMetrics, { agentId: id }),
    momentsOf(id),
    read(listRunlessAgents, {}),
  ]);
  return (
    <>
      <AgentNumbers agentId={id} />
      {runless.includes(id) && <AgentWithoutRuns agentId={id} name={name} />}
      <OperationPanels agentId={id} markers={moments} />
      <VersionList moments={moments} />
      <MetricPanels agentId={id} metrics={metrics} markers={moments} />
    </>
  );
}

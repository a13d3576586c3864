import { AgentDeploymentsView } from '#components/deployments/agent/agent-deployments.tsx';
import { agentDeployments } from '#lib/deployments/agent-deployments.ts';
import { readPage, requireActor } from '#lib/web/session.ts';
import { rollBackDeployment } from '../../../../deployments/actions.ts';
import { records } from '../../../../records.ts';
import type { AgentPageProps } from '../../agent.ts';

interface Props extends AgentPageProps {
  searchParams: Promise<Record<string, unknown>>;
}

export default async function AgentDeploymentsPage({ params, searchParams }: Props) {
  const [{ id }, { cursor }, { permissions }] = await Promise.all([params, searchParams, requireActor()]);
  const [agent, deployments] = await Promise.all([
    records.agent(id),
    readPage(agentDeployments, { agentId: id }, cursor),
  ]);
  return (
    <AgentDeploymentsView
      agent={{ id, name: agent.name, version: agent.version }}
      deployments={deployments}
      mayDeploy={permissions.has('deployments:create')}
      rollBack={rollBackDeployment}
      renderedAtMs={Date.now()}
    />
  );
}

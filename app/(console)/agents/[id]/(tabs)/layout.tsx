import type { Metadata } from 'next';
import type { ReactNode } from 'react';
import { AgentHeader } from '#components/agents/agent-header.tsx';
import { AgentTabs } from '#components/agents/agent-tabs.tsx';
import { AGENT_TABS, type AgentTab } from '#lib/model/paths.ts';
import { hasFeature, maySeeDeployments } from '#lib/web/has-feature.ts';
import { records } from '../../../records.ts';
import { claimAgent, deleteAgent, startAgent, stopAgent } from '../../actions.ts';
import type { AgentPageProps } from '../agent.ts';

/** All tabs of an agent carry its name. */
export async function generateMetadata({ params }: AgentPageProps): Promise<Metadata> {
  return { title: (await records.agent((await params).id)).name };
}

/** The tabs of what the installation has and this person may see. */
async function shownTabs(): Promise<AgentTab[]> {
  const [deploys, hasScaling] = await Promise.all([maySeeDeployments(), hasFeature('auto_scaling')]);
  const isShown = { workload: deploys, deployments: deploys, scaling: deploys && hasScaling };
  return AGENT_TABS.filter((tab) => !(tab in isShown) || isShown[tab as keyof typeof isShown]);
}

export default async function AgentLayout({ params, children }: AgentPageProps & { children: ReactNode }) {
  const agent = await records.agent((await params).id);
  const shown = await shownTabs();
  const actions = { start: startAgent, stop: stopAgent, remove: deleteAgent, claim: claimAgent };
  return (
    <div className="flex flex-col gap-3">
      <AgentHeader agent={agent} actions={actions} renderedAtMs={Date.now()} />
      <AgentTabs agentId={agent.id} shown={shown} />
      {children}
    </div>
  );
}

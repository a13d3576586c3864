import type { Metadata } from 'next';
import type { ReactNode } from 'react';
import { AgentHeader } from '#components/agents/agent-header.tsx';
import { AgentTabs } from '#components/agents/agent-tabs.tsx';
import { AGENT_TABS } from '#lib/model/paths.ts';
import { hasFeature } from '#lib/web/has-feature.ts';
import { requireActor } from '#lib/web/session.ts';
import { records } from '../../../records.ts';
import { claimAgent, deleteAgent, startAgent, stopAgent } from '../../actions.ts';
import type { AgentPageProps } from '../agent.ts';

/** All tabs of an agent carry its name. */
export async function generateMetadata({ params }: AgentPageProps): Promise<Metadata> {
  return { title: (await records.agent((await params).id)).name };
}

export default async function AgentLayout({ params, children }: AgentPageProps & { children: ReactNode }) {
  const agent = await records.agent((await params).id);
  const { permissions } = await requireActor();
  const scales = permissions.has('deployments:read') && (await hasFeature('auto_scaling'));
  const actions = { start: startAgent, stop: stopAgent, remove: deleteAgent, claim: claimAgent };
  return (
    <div className="flex flex-col gap-3">
      <AgentHeader agent={agent} actions={actions} renderedAtMs={Date.now()} />
      <AgentTabs agentId={agent.id} shown={AGENT_TABS.filter((tab) => tab !== 'scaling' || scales)} />
      {children}
    </div>
  );
}

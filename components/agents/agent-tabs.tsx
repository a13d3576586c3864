'use client';

import { usePathname, useSearchParams } from 'next/navigation';
import { Tabs } from '#components/ui/tabs.tsx';
import { type AgentTab, paths } from '#lib/model/paths.ts';

const LABELS: Record<AgentTab, string> = {
  overview: 'Overview',
  runs: 'Runs',
  workload: 'Workload',
  deployments: 'Deployments',
  scaling: 'Scaling',
  configuration: 'Configuration',
  health: 'Health',
};

/** The tabs of an agent; each is an address and keeps the range. */
export function AgentTabs({ agentId, shown }: { agentId: string; shown: readonly AgentTab[] }) {
  const pathname = usePathname();
  const params = Object.fromEntries(useSearchParams());
  const tabs = shown.map((tab) => ({
    href: paths.agent(agentId, tab, params),
    label: LABELS[tab],
    current: pathname === paths.agent(agentId, tab),
  }));
  return (
    <div className="border-b border-line">
      <Tabs label="Agent" tabs={tabs} />
    </div>
  );
}

'use client';

import { usePathname, useSearchParams } from 'next/navigation';
import { Tabs } from '#components/ui/tabs.tsx';
import { AGENT_TABS, paths } from '#lib/model/paths.ts';

const LABELS: Record<(typeof AGENT_TABS)[number], string> = {
  overview: 'Overview',
  runs: 'Runs',
  configuration: 'Configuration',
  health: 'Health',
};

/** The tabs of an agent; each is an address and keeps the range. */
export function AgentTabs({ agentId }: { agentId: string }) {
  const pathname = usePathname();
  const params = Object.fromEntries(useSearchParams());
  const tabs = AGENT_TABS.map((tab) => ({
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

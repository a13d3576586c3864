'use client';

import { useMemo } from 'react';
import { useFleet } from '#components/agents/use-fleet.ts';
import { WithoutRuns } from '#components/agents/without-runs.tsx';
import { OperationPanels } from '#components/charts/operation-panels.tsx';
import { AwaitedCard } from '#components/deployments/awaited/awaited-card.tsx';
import { useUrlState } from '#components/shell/use-url-state.ts';
import { type AgentColumns, fromColumns } from '#lib/model/agent-columns.ts';
import type { TransitionRow } from '#lib/model/agent-view.ts';
import { Changes } from './changes.tsx';
import { FleetMap } from './fleet-map.tsx';
import { NumberRow } from './number-row.tsx';
import type { RecentDeployments } from './use-recent-deployments.ts';
import { VerdictLine } from './verdict-line.tsx';

interface OverviewProps {
  agents: AgentColumns;
  changes: readonly TransitionRow[];
  /** Null for who may not see deployments. */
  deployments: RecentDeployments | null;
  /** Ids of agents of which no run came up to now. */
  runless: readonly string[];
  renderedAtMs: number;
}

/** The overview of a fleet that has agents: verdict, numbers, map, changes, charts. */
export function Overview(props: OverviewProps) {
  const { agents: columns, changes, deployments, runless, renderedAtMs } = props;
  const [params] = useUrlState();
  const env = params.get('env') ?? '';
  const initial = useMemo(() => fromColumns(columns), [columns]);
  const all = useFleet(initial);
  const agents = useMemo(
    () => (env === '' ? all : all.filter((agent) => agent.environment === env)),
    [all, env],
  );
  const names = useMemo(() => new Map(agents.map((agent) => [agent.id, agent.name])), [agents]);
  const unseen = useMemo(() => new Set(runless), [runless]);
  const withoutRuns = agents.filter(({ id, live }) => unseen.has(id) && !live?.requestsPerMin);
  return (
    <div className="flex flex-col gap-3">
      <div className="pb-1">
        <VerdictLine agents={agents} />
      </div>
      <AwaitedCard renderedAtMs={renderedAtMs} />
      <NumberRow agents={agents} environment={env} />
      <WithoutRuns agents={withoutRuns.map(({ name }) => name)} />
      <div className="grid gap-3 lg:grid-cols-[minmax(0,2fr)_minmax(300px,1fr)]">
        <FleetMap agents={agents} />
        <Changes
          initial={changes}
          deployments={deployments}
          names={names}
          narrowed={env !== ''}
          renderedAtMs={renderedAtMs}
        />
      </div>
      <OperationPanels environment={env} />
    </div>
  );
}

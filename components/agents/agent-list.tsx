'use client';

import { clsx } from 'clsx';
import { ArrowDownUp } from 'lucide-react';
import { useMemo } from 'react';
import { Button, ButtonLink } from '#components/ui/button.tsx';
import { Card } from '#components/ui/card.tsx';
import { StateMessage } from '#components/ui/states.tsx';
import { useSelection } from '#components/ui/use-selection.ts';
import type { AgentRow, SavedView } from '#lib/model/agent-view.ts';
import { formatPlural } from '#lib/model/format.ts';
import { paths } from '#lib/model/paths.ts';
import type { AgentActionSet } from './agent-actions.tsx';
import { AgentFilters } from './agent-filters.tsx';
import { AgentTable } from './agent-table.tsx';
import { type BulkRefusals, mayActInBulk } from './bulk/bulk-acts.ts';
import { BulkBar } from './bulk/bulk-bar.tsx';
import { passes } from './order.ts';
import { SavedViews, type ViewActionSet } from './saved-views.tsx';
import { useAgentFilter } from './use-agent-filter.ts';
import { useFleet } from './use-fleet.ts';
import { useRequestHistories } from './use-histories.ts';
import { useSteadyOrder } from './use-steady-order.ts';

/** Which agent needs me? All agents of the team, narrowed and ordered in the page, values live. */
export function AgentList({
  agents: initial,
  views,
  viewActions,
  actions,
  refusals,
  renderedAtMs,
}: {
  agents: readonly AgentRow[];
  views: readonly SavedView[];
  viewActions: ViewActionSet;
  actions: AgentActionSet;
  refusals: BulkRefusals;
  renderedAtMs: number;
}) {
  const all = useFleet(initial);
  const state = useAgentFilter();
  const { filter } = state;
  const histories = useRequestHistories(filter.environment);
  const inEnvironment = useMemo(
    () => (filter.environment === '' ? all : all.filter((agent) => agent.environment === filter.environment)),
    [all, filter.environment],
  );
  const passing = useMemo(
    () => inEnvironment.filter((agent) => passes(agent, filter)),
    [inEnvironment, filter],
  );
  const { ordered, stale, renew } = useSteadyOrder(passing, state.order, state.reversed);
  const selection = useSelection(ordered);

  if (all.length === 0) return <NoAgents />;
  return (
    // The last rows can be scrolled from under the bar.
    <div className={clsx('flex flex-col gap-3', selection.rows.length > 0 && 'pb-32 md:pb-16')}>
      <AgentFilters agents={inEnvironment} state={state} />
      <div className="flex min-h-8 items-center gap-3 text-xs text-muted">
        <span className="-ml-2 text-ink">
          <SavedViews views={views} actions={viewActions} />
        </span>
        <p aria-live="polite">
          {passing.length === all.length
            ? formatPlural(all.length, 'agent')
            : `${passing.length} of ${formatPlural(all.length, 'agent')}`}
        </p>
        {stale && (
          <Button size="sm" variant="ghost" icon={ArrowDownUp} onClick={renew}>
            New order
          </Button>
        )}
      </div>
      <BulkBar shown={ordered} selection={selection} actions={actions} refusals={refusals} />
      {ordered.length === 0 ? (
        <StateMessage
          kind="empty"
          title="No agent matches"
          action={state.narrowed ? <Button onClick={state.clear}>Clear filters</Button> : undefined}
        >
          Nothing of the fleet passes these filters.
        </StateMessage>
      ) : (
        <Card label="Agents">
          <AgentTable
            selection={mayActInBulk(refusals) ? selection : null}
            agents={ordered}
            order={state.order}
            reversed={state.reversed}
            onSort={state.sortBy}
            histories={histories}
            renderedAtMs={renderedAtMs}
          />
        </Card>
      )}
    </div>
  );
}

/** Stands until the first agent is live; then the list takes its place by itself. */
function NoAgents() {
  return (
    <StateMessage
      kind="empty"
      title="No agents yet"
      action={
        <ButtonLink href={paths.connect()} variant="primary">
          Connect an agent
        </ButtonLink>
      }
    >
      Agents appear by themselves with their first span or metric.
    </StateMessage>
  );
}

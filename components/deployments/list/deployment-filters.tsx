'use client';

import { useFleetRows } from '#components/live/hooks.ts';
import { Button } from '#components/ui/button.tsx';
import { Select } from '#components/ui/field.tsx';
import { DEPLOYMENT_STATUSES } from '#lib/model/deployment-status.ts';
import { DEPLOYMENT_LOOKS } from '../status-looks.tsx';
import { type DeploymentFilter, isNarrowed } from './deployment-filter.ts';

interface DeploymentFiltersProps {
  filter: DeploymentFilter;
  /** An empty value takes a filter away. */
  set: (name: 'status' | 'agent', value: string) => void;
  clear: () => void;
}

/** Which deployments are shown: how they stand, of which agent; where is chosen for the whole console. */
export function DeploymentFilters({ filter, set, clear }: DeploymentFiltersProps) {
  const agents = (useFleetRows() ?? []).toSorted((a, b) => a.name.localeCompare(b.name));
  const isAgentKnown = agents.some(({ agentId }) => agentId === filter.agentId);
  return (
    <search className="flex flex-wrap items-center gap-2">
      <Select label="Status" value={filter.status} onChange={(event) => set('status', event.target.value)}>
        <option value="">Any status</option>
        <option value="active">Under way</option>
        {DEPLOYMENT_STATUSES.map((status) => (
          <option key={status} value={status}>
            {DEPLOYMENT_LOOKS[status].word}
          </option>
        ))}
      </Select>
      <Select label="Agent" value={filter.agentId} onChange={(event) => set('agent', event.target.value)}>
        <option value="">Any agent</option>
        {filter.agentId !== '' && !isAgentKnown && <option value={filter.agentId}>One agent</option>}
        {agents.map(({ agentId, name, environment }) => (
          <option key={agentId} value={agentId}>
            {name} ({environment})
          </option>
        ))}
      </Select>
      {isNarrowed(filter) && (
        <Button variant="ghost" onClick={clear}>
          Clear filters
        </Button>
      )}
    </search>
  );
}

'use client';

import { clsx } from 'clsx';
import { ListFilter, Search, X } from 'lucide-react';
import { useState } from 'react';
import { useFleetRows } from '#components/live/hooks.ts';
import { Button } from '#components/ui/button.tsx';
import { LineInput, Select } from '#components/ui/field.tsx';
import { Icon } from '#components/ui/icon.tsx';
import { Segmented } from '#components/ui/segmented.tsx';
import { SEVERITIES_BY_URGENCY, SEVERITY_LOOKS } from '#components/ui/severity.tsx';
import { ALERT_STATUSES, type AlertStatus } from '#lib/model/alert.ts';
import type { AlertCounts } from '#lib/model/alert-view.ts';
import { formatCount } from '#lib/model/format.ts';
import { isNarrowed } from './inbox-filter.ts';
import type { useInboxFilter } from './use-inbox-filter.ts';

const TAB_WORDS: Record<AlertStatus, string> = {
  active: 'Active',
  acknowledged: 'Acknowledged',
  resolved: 'Resolved',
};

interface InboxFiltersProps {
  state: ReturnType<typeof useInboxFilter>;
  counts: AlertCounts;
}

/** Which part of the inbox is shown: the state first, then what narrows it. */
export function InboxFilters({ state, counts }: InboxFiltersProps) {
  const { filter, set, clear } = state;
  // On phones what narrows the list is put away: the first alert stands above the fold.
  const [open, setOpen] = useState(false);
  const countOf = (status: AlertStatus) => (status === 'resolved' ? '' : ` ${formatCount(counts[status])}`);
  return (
    <search className="flex flex-wrap items-center gap-2">
      <Segmented
        label="State"
        value={filter.status}
        options={ALERT_STATUSES.map((value) => ({ value, label: TAB_WORDS[value] + countOf(value) }))}
        onChange={(status) => set('status', status === 'active' ? '' : status)}
      />
      <span className="md:hidden">
        <Button
          icon={ListFilter}
          aria-expanded={open}
          aria-label={isNarrowed(filter) ? 'Filters, some are set' : 'Filters'}
          variant={isNarrowed(filter) ? 'primary' : 'secondary'}
          onClick={() => setOpen(!open)}
        />
      </span>
      <div className={clsx('flex-wrap items-center gap-2 md:flex', open ? 'flex' : 'hidden')}>
        <span className="relative min-w-40 flex-1 sm:max-w-64">
          <span className="touch pointer-events-none absolute top-0 left-2.5 flex h-8 items-center text-muted">
            <Icon of={Search} size={14} />
          </span>
          <LineInput
            label="Search alerts"
            type="search"
            value={filter.q}
            maxLength={128}
            placeholder="Title, message or label"
            onChange={(event) => set('q', event.target.value)}
            className="pl-8"
          />
        </span>
        <Select
          label="Severity"
          value={filter.severity}
          onChange={(event) => set('severity', event.target.value)}
        >
          <option value="">All severities</option>
          {SEVERITIES_BY_URGENCY.map((severity) => (
            <option key={severity} value={severity}>
              {SEVERITY_LOOKS[severity].word}
            </option>
          ))}
        </Select>
        <Select
          label="Whose"
          value={filter.mine ? '1' : ''}
          onChange={(event) => set('mine', event.target.value)}
        >
          <option value="">Everybody's</option>
          <option value="1">Mine</option>
        </Select>
        <Select
          label="Group by"
          value={filter.group}
          onChange={(event) => set('group', event.target.value === 'cause' ? '' : event.target.value)}
        >
          <option value="cause">By cause</option>
          <option value="agent">By agent</option>
          <option value="none">Not grouped</option>
        </Select>
        {filter.agentId !== '' && <AgentChip agentId={filter.agentId} onRemove={() => set('agent', '')} />}
        {isNarrowed(filter) && (
          <Button variant="ghost" onClick={clear}>
            Clear filters
          </Button>
        )}
      </div>
    </search>
  );
}

function AgentChip({ agentId, onRemove }: { agentId: string; onRemove: () => void }) {
  const name = useFleetRows()?.find((row) => row.agentId === agentId)?.name ?? 'one agent';
  return (
    <Button icon={X} onClick={onRemove} aria-label={`Show other agents than ${name} too`}>
      {name}
    </Button>
  );
}

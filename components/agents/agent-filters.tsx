'use client';

import { clsx } from 'clsx';
import { Search, X } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Select } from '#components/ui/field.tsx';
import { Icon } from '#components/ui/icon.tsx';
import { STATUS_LOOKS, STATUSES_BY_URGENCY, StatusMark } from '#components/ui/status.tsx';
import type { FleetAgent } from './fleet.ts';
import type { useAgentFilter } from './use-agent-filter.ts';

interface AgentFiltersProps {
  /** All agents of the chosen environment: the counts say what each choice would leave. */
  agents: readonly FleetAgent[];
  state: ReturnType<typeof useAgentFilter>;
}

/** Text, health, type and owner; each keeps its place in the URL. */
export function AgentFilters({ agents, state }: AgentFiltersProps) {
  const { filter } = state;
  const types = [...new Set(agents.map((agent) => agent.type))].sort();
  const owners = [...new Set(agents.map((agent) => agent.owner))].filter((owner) => owner !== null).sort();
  return (
    <search className="flex flex-wrap items-center gap-2">
      <FindField value={filter.q} onChange={(text) => state.set('q', text)} />
      <fieldset className="scroll-quiet flex min-w-0 max-w-full gap-1 overflow-x-auto">
        <legend className="sr-only">Health</legend>
        <StatusChips agents={agents} state={state} />
      </fieldset>
      {types.length > 1 && (
        <Select label="Type" value={filter.type} onChange={(event) => state.set('type', event.target.value)}>
          <option value="">Any type</option>
          {types.map((type) => (
            <option key={type}>{type}</option>
          ))}
        </Select>
      )}
      {owners.length > 0 && (
        <Select
          label="Owner"
          value={filter.owner}
          onChange={(event) => state.set('owner', event.target.value)}
        >
          <option value="">Any owner</option>
          <option value="none">Nobody</option>
          {owners.map((owner) => (
            <option key={owner}>{owner}</option>
          ))}
        </Select>
      )}
      {state.narrowed && (
        <Button variant="ghost" icon={X} onClick={state.clear}>
          Clear
        </Button>
      )}
    </search>
  );
}

/** The field owns what is typed; the address follows, and leads only when it changes from elsewhere (back, clear). */
function FindField({ value, onChange }: { value: string; onChange: (text: string) => void }) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const element = input.current;
    if (element && element !== document.activeElement) element.value = value;
  }, [value]);
  return (
    <label className="relative min-w-0 grow basis-44 md:max-w-80">
      <span className="sr-only">Find agents</span>
      <span className="pointer-events-none absolute inset-y-0 left-2.5 flex items-center text-muted">
        <Icon of={Search} />
      </span>
      <input
        type="search"
        placeholder="Name, namespace, version, reason"
        ref={input}
        defaultValue={value}
        onChange={(event) => onChange(event.target.value.trim())}
        className="touch h-8 w-full rounded-md border border-line-strong bg-surface pr-2 pl-8 text-sm placeholder:text-muted hover:border-line-control"
      />
    </label>
  );
}

function StatusChips({ agents, state }: AgentFiltersProps) {
  const counts = new Map<string, number>();
  for (const agent of agents) counts.set(agent.status, (counts.get(agent.status) ?? 0) + 1);
  const shown = STATUSES_BY_URGENCY.filter(
    (status) => counts.has(status) || state.filter.statuses.includes(status),
  );
  return shown.map((status) => {
    const chosen = state.filter.statuses.includes(status);
    return (
      <button
        key={status}
        type="button"
        aria-pressed={chosen}
        onClick={() => state.toggleStatus(status)}
        className={clsx(
          'touch inline-flex h-8 shrink-0 items-center gap-1.5 rounded-md border px-2.5 text-xs whitespace-nowrap',
          chosen
            ? 'border-ink bg-active font-medium'
            : 'border-line-strong bg-surface hover:border-line-control',
        )}
      >
        <StatusMark status={status} />
        {STATUS_LOOKS[status].word}
        <span className="text-muted">{counts.get(status) ?? 0}</span>
      </button>
    );
  });
}

'use client';

import { X } from 'lucide-react';
import { type KeyboardEvent, useId, useState } from 'react';
import { LineInput } from '#components/ui/field.tsx';
import { Icon } from '#components/ui/icon.tsx';
import type { AgentChoice } from './editor-choices.ts';
import { agentChoiceName, pickAgent } from './pick-agent.ts';

/** Single agents by name; none chosen means all that the conditions leave. */
export function ChosenAgents(props: {
  agents: readonly AgentChoice[];
  chosen: readonly string[];
  typed: string;
  error: string | undefined;
  onChange: (part: { agentIds?: string[]; agentTyped?: string }) => void;
}) {
  const { agents, chosen, typed, onChange } = props;
  const [fault, setFault] = useState<string | null>(null);
  const id = useId();
  const byId = new Map(agents.map((agent) => [agent.id, agent]));
  const wrong = fault ?? props.error;
  const add = (agentId: string) => onChange({ agentIds: [...chosen, agentId], agentTyped: '' });
  const type = (text: string) => {
    setFault(null);
    const found = agents.find((agent) => agentChoiceName(agent) === text && !chosen.includes(agent.id));
    if (found) add(found.id);
    else onChange({ agentTyped: text });
  };
  // Enter takes the agent that is typed; it must not send the whole form without it.
  const enter = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || typed.trim() === '') return;
    event.preventDefault();
    const picked = pickAgent(agents, chosen, typed);
    if ('agentId' in picked) add(picked.agentId);
    else setFault(picked.fault);
  };
  return (
    <fieldset className="flex min-w-0 flex-col gap-2">
      <legend className="mb-1.5 text-sm font-medium">
        Only these agents <span className="text-xs font-normal text-muted">optional</span>
      </legend>
      {chosen.length > 0 && (
        <ul className="flex flex-wrap gap-1.5">
          {chosen.map((agentId) => {
            const agent = byId.get(agentId);
            const name = agent ? agentChoiceName(agent) : 'a deleted agent';
            return (
              <li key={agentId}>
                <button
                  type="button"
                  aria-label={`Remove ${name}`}
                  onClick={() => onChange({ agentIds: chosen.filter((other) => other !== agentId) })}
                  className="touch inline-flex h-7 items-center gap-1.5 rounded-md border border-line-strong bg-surface px-2 text-xs hover:bg-hover"
                >
                  {name}
                  <Icon of={X} size={14} />
                </button>
              </li>
            );
          })}
        </ul>
      )}
      <LineInput
        label="Add an agent by name"
        list={id}
        value={typed}
        placeholder="Type a name to add an agent"
        invalid={wrong !== undefined}
        onChange={(event) => type(event.target.value)}
        onKeyDown={enter}
      />
      {wrong !== undefined && (
        <p role="alert" className="text-xs text-critical-text">
          {wrong}
        </p>
      )}
      <datalist id={id}>
        {agents
          .filter((agent) => !chosen.includes(agent.id))
          .map((agent) => (
            <option key={agent.id} value={agentChoiceName(agent)} />
          ))}
      </datalist>
    </fieldset>
  );
}

'use client';

import { X } from 'lucide-react';
import { useId, useState } from 'react';
import { LineInput } from '#components/ui/field.tsx';
import { Icon } from '#components/ui/icon.tsx';
import type { AgentChoice } from './editor-choices.ts';

const nameOf = ({ name, environment }: AgentChoice) =>
  environment === 'default' ? name : `${name} (${environment})`;

/** Single agents by name; none chosen means all that the conditions leave. */
export function ChosenAgents(props: {
  agents: readonly AgentChoice[];
  chosen: readonly string[];
  onChange: (ids: string[]) => void;
}) {
  const { agents, chosen, onChange } = props;
  const [typed, setTyped] = useState('');
  const id = useId();
  const byId = new Map(agents.map((agent) => [agent.id, agent]));
  const type = (text: string) => {
    const found = agents.find((agent) => nameOf(agent) === text && !chosen.includes(agent.id));
    setTyped(found ? '' : text);
    if (found) onChange([...chosen, found.id]);
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
            const name = agent ? nameOf(agent) : 'a deleted agent';
            return (
              <li key={agentId}>
                <button
                  type="button"
                  aria-label={`Remove ${name}`}
                  onClick={() => onChange(chosen.filter((other) => other !== agentId))}
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
        onChange={(event) => type(event.target.value)}
      />
      <datalist id={id}>
        {agents
          .filter((agent) => !chosen.includes(agent.id))
          .map((agent) => (
            <option key={agent.id} value={nameOf(agent)} />
          ))}
      </datalist>
    </fieldset>
  );
}

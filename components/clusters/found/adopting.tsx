'use client';

import { useState } from 'react';
import { ActFailure } from '#components/ui/act-failure.tsx';
import type { BoundAction } from '#components/ui/bound-action.ts';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { SelectField } from '#components/ui/field.tsx';
import { useSave } from '#components/ui/use-save.ts';
import type { ClusterAgent } from '#lib/model/cluster-agent.ts';

export interface AdoptActions {
  adopt: BoundAction<{ id: string; agentId?: string }, { id: string; agentId: string; isNew: boolean }>;
  release: BoundAction<{ id: string }, { id: string }>;
}

/** What may become of a found agent: adopted as the one that it is, or let go. */
export function Adopting({ found, actions }: { found: ClusterAgent; actions: AdoptActions }) {
  const [asks, setAsks] = useState(false);
  const adopt = useSave(actions.adopt);
  const release = useSave(actions.release);
  const { id, matches, agent, displayName } = found;
  if (agent !== null)
    return (
      <>
        <Button size="sm" variant="ghost" pending={release.pending} onClick={() => release.save({ id })}>
          Let go<span className="sr-only"> of {displayName}</span>
        </Button>
        <ActFailure failure={release.failure} />
      </>
    );
  const [match, ...more] = matches;
  return (
    <>
      <Button
        size="sm"
        variant="primary"
        pending={adopt.pending}
        onClick={() => (more.length > 0 ? setAsks(true) : adopt.save({ id }))}
      >
        {match && more.length === 0 ? `Adopt as ${match.name}` : 'Adopt'}
        <span className="sr-only"> {displayName}</span>
      </Button>
      <ActFailure failure={asks ? null : adopt.failure} />
      {asks && <ChooseAgent found={found} actions={actions} onClose={() => setAsks(false)} />}
    </>
  );
}

interface ChooseAgentProps {
  found: ClusterAgent;
  actions: AdoptActions;
  onClose: () => void;
}

function ChooseAgent({ found, actions, onClose }: ChooseAgentProps) {
  const { save, pending, failure } = useSave(actions.adopt, onClose);
  const [agentId, setAgentId] = useState(found.matches[0]?.id ?? '');
  return (
    <Dialog
      open
      title={`Which agent is ${found.displayName}?`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" pending={pending} onClick={() => save({ id: found.id, agentId })}>
            Adopt
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <p>Several agents are called so. Its telemetry does not say which of them it is.</p>
        <SelectField label="Agent" value={agentId} onChange={(event) => setAgentId(event.target.value)}>
          {found.matches.map(({ id, name, environment }) => (
            <option key={id} value={id}>
              {name} ({environment})
            </option>
          ))}
        </SelectField>
        <ActFailure failure={failure} />
      </div>
    </Dialog>
  );
}

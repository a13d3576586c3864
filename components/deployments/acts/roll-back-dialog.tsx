'use client';

import { useState } from 'react';
import { ActFailure } from '#components/ui/act-failure.tsx';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { SelectField } from '#components/ui/field.tsx';
import { useSave } from '#components/ui/use-save.ts';
import { formatUtc } from '#lib/model/format.ts';
import { BusyWorkload } from '../busy-workload.tsx';
import type { Changed, DeploymentActions } from './actions.ts';

/** A version that can return: what another deployment of the workload brought. */
export interface Restorable {
  id: string;
  version: string;
  finishedAt: number | null;
}

interface RollBackDialogProps extends Pick<DeploymentActions, 'rollBack'> {
  /** What is taken back, and what ran before it. */
  of: { id: string; version: string; before: string | null };
  agentName: string;
  /** Others than what ran before. */
  restorable: readonly Restorable[];
  /** Whether the workload is known to stand still. */
  isPaused: boolean;
  onClose: () => void;
  onDone: (changed: Changed) => void;
}

/** Asks for a rollback: what returns, and whether a workload that stands still is resumed first (deployment S-43). */
export function RollBackDialog(props: RollBackDialogProps) {
  const { of, agentName, restorable, rollBack, onClose, onDone } = props;
  const [resume, setResume] = useState(props.isPaused);
  const [to, setTo] = useState('');
  // The question that is asked now: pressed twice, it is answered with the same rollback.
  const [question] = useState(() => `${of.id}:${Date.now()}`);
  const { save, pending, failure } = useSave(rollBack, (changed) => {
    onClose();
    onDone(changed);
  });
  const busy = failure?.issues.find(({ path }) => path === 'queue');
  const confirm = (queue: boolean) => {
    const idempotencyKey = `${question}:${to}${resume ? ':resume' : ''}${queue ? ':queued' : ''}`;
    save({ id: of.id, resume, queue, idempotencyKey, ...(to !== '' && { toDeploymentId: to }) });
  };
  return (
    <Dialog
      open
      title={`Roll back ${agentName} ${of.version}?`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Keep it</Button>
          <Button variant="danger" pending={pending} onClick={() => confirm(false)}>
            {resume ? 'Resume and roll back' : 'Roll back'}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <SelectField label="What returns" value={to} onChange={(event) => setTo(event.target.value)}>
          <option value="">What ran before{of.before === null ? '' : `: ${of.before}`}</option>
          {restorable.map(({ id, version, finishedAt }) => (
            <option key={id} value={id}>
              {version}
              {finishedAt !== null && `, deployed ${formatUtc(finishedAt)}`}
            </option>
          ))}
        </SelectField>
        <p>
          It is a deployment of its own and begins at once; nobody needs to approve it. The number of
          replicas, and what ConfigMaps and Secrets hold, stay as they are.
        </p>
        <label className="touch flex items-center gap-2.5 text-ink">
          <input
            type="checkbox"
            className="size-4 accent-(--n-12)"
            checked={resume}
            onChange={(event) => setResume(event.target.checked)}
          />
          Resume the workload first if it is paused
        </label>
        {busy ? (
          <BusyWorkload message={busy.message} pending={pending} queue={() => confirm(true)}>
            The rollback can wait its turn.
          </BusyWorkload>
        ) : (
          <ActFailure failure={failure} />
        )}
      </div>
    </Dialog>
  );
}

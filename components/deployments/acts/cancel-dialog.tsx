'use client';

import { useState } from 'react';
import { ActFailure } from '#components/ui/act-failure.tsx';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { useSave } from '#components/ui/use-save.ts';
import type { CancelMode, DeploymentDetail } from '#lib/model/deployment.ts';
import { isActive } from '#lib/model/deployment-status.ts';
import type { Changed, DeploymentActions } from './actions.ts';
import { takeBackRefusal } from './offered-acts.ts';

export interface ActDialogProps {
  deployment: DeploymentDetail;
  onClose: () => void;
  /** Takes what the act answered. */
  onDone: (changed: Changed) => void;
}

interface CancelDialogProps extends ActDialogProps, Pick<DeploymentActions, 'cancel'> {
  /** What was chosen before it opened. */
  chosen?: CancelMode;
  /** Why this person may not roll back; null where they may. */
  rollBackRefusal: string | null;
}

interface Choice {
  mode: CancelMode;
  title: string;
  words: string;
  refusal: string | null;
}

function choicesOf(deployment: DeploymentDetail, rollBackRefusal: string | null): Choice[] {
  const before = deployment.replaces?.version ?? 'what ran before';
  return [
    {
      mode: 'roll_back',
      title: `Roll back to ${before}`,
      words: 'The rollout ends here and what ran before returns, as a deployment of its own.',
      refusal: takeBackRefusal(deployment, rollBackRefusal),
    },
    {
      mode: 'pause_rollout',
      title: 'Pause the rollout',
      words:
        'Pods stay as they are now, old and new ones side by side, until somebody goes on or rolls back.',
      refusal: null,
    },
    {
      mode: 'stop_watching',
      title: 'Let the cluster go on',
      words: 'The rollout goes on in the cluster. Pitwall stops watching it and does not roll it back.',
      refusal: null,
    },
  ];
}

/** Ends a deployment. A rollout under way asks what becomes of it: there is no silent default (deployment S-61). */
export function CancelDialog(props: CancelDialogProps) {
  const { deployment, cancel, chosen, rollBackRefusal, onClose, onDone } = props;
  const [mode, setMode] = useState<CancelMode | null>(chosen ?? null);
  const { save, pending, failure } = useSave(cancel, (changed) => {
    onClose();
    onDone(changed);
  });
  const { id, agent, version, status } = deployment;
  const isUnderWay = status === 'in_progress';
  const choices = choicesOf(deployment, rollBackRefusal);
  return (
    <Dialog
      open
      title={`Cancel the deployment of ${agent.name} ${version}?`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Keep it going</Button>
          <Button
            variant="danger"
            pending={pending}
            disabledReason={
              isActive(status)
                ? isUnderWay && mode === null
                  ? 'Say what becomes of the rollout.'
                  : null
                : 'It is over.'
            }
            onClick={() => save({ id, ...(isUnderWay && mode !== null && { mode }) })}
          >
            {isUnderWay && mode === 'roll_back' ? 'Cancel and roll back' : 'Cancel the deployment'}
          </Button>
        </>
      }
    >
      {isUnderWay ? (
        <fieldset className="flex flex-col gap-1">
          <legend className="mb-1">What becomes of the rollout?</legend>
          {choices.map((choice) => (
            <label key={choice.mode} className="flex gap-2.5 rounded-md px-2 py-2 hover:bg-hover">
              <input
                type="radio"
                name="mode"
                value={choice.mode}
                className="mt-0.5 size-4 accent-(--n-12)"
                checked={mode === choice.mode}
                disabled={choice.refusal !== null}
                onChange={() => setMode(choice.mode)}
              />
              <span className="min-w-0">
                <span className="block font-medium text-ink wrap-anywhere">{choice.title}</span>
                <span className="block text-xs">{choice.refusal ?? choice.words}</span>
              </span>
            </label>
          ))}
        </fieldset>
      ) : (
        <p>
          {isActive(status)
            ? 'Nothing was changed in the cluster yet. It ends at once and is not carried out.'
            : 'It has ended meanwhile: there is nothing left to cancel.'}
        </p>
      )}
      <ActFailure failure={failure} />
    </Dialog>
  );
}

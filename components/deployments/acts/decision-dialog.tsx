'use client';

import { type FormEvent, useId } from 'react';
import { ActFailure } from '#components/ui/act-failure.tsx';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { TextArea } from '#components/ui/field.tsx';
import { useSave } from '#components/ui/use-save.ts';
import type { DeploymentDetail } from '#lib/model/deployment.ts';
import type { DeploymentActions } from './actions.ts';
import type { ActDialogProps } from './cancel-dialog.tsx';

type Decision = 'approve' | 'reject' | 'passGate';

const LABELS: Record<Decision, string> = {
  approve: 'Approve',
  reject: 'Reject',
  passGate: 'Let through',
};

function consequence(decision: Decision, { requestedBy, environment, version }: DeploymentDetail): string {
  if (decision === 'reject') return 'One rejection ends it for good.';
  return decision === 'approve'
    ? `${requestedBy} asked for it. With the last approval that it needs it goes to ${environment}.`
    : `${version} stays in ${environment} whatever its telemetry says.`;
}

type DecisionDialogProps = ActDialogProps & Pick<DeploymentActions, Decision> & { decision: Decision };

/** Approves, rejects or lets through, with a word to those who come after. */
export function DecisionDialog({ decision, deployment, onClose, onDone, ...acts }: DecisionDialogProps) {
  const form = useId();
  const { save, pending, failure } = useSave(acts[decision], (changed) => {
    onClose();
    onDone(changed);
  });
  const { id, agent, version } = deployment;
  const errors = new Map(failure?.issues.map(({ path, message }) => [path, message]));
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    save({ id, comment: String(new FormData(event.currentTarget).get('comment') ?? '').trim() });
  };
  return (
    <Dialog
      open
      title={`${LABELS[decision]} ${agent.name} ${version}?`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Decide later</Button>
          <Button
            type="submit"
            form={form}
            variant={decision === 'reject' ? 'danger' : 'primary'}
            pending={pending}
          >
            {LABELS[decision]}
          </Button>
        </>
      }
    >
      <form id={form} noValidate onSubmit={submit} className="flex flex-col gap-3">
        <p className="wrap-anywhere">{consequence(decision, deployment)}</p>
        <TextArea
          label="Comment"
          name="comment"
          optional
          maxLength={500}
          rows={2}
          error={errors.get('comment')}
        />
        <ActFailure failure={failure} fields />
      </form>
    </Dialog>
  );
}

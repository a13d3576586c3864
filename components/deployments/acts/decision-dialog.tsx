'use client';

import { type FormEvent, useId } from 'react';
import { ActFailure } from '#components/ui/act-failure.tsx';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { TextArea } from '#components/ui/field.tsx';
import { useSave } from '#components/ui/use-save.ts';
import type { DeploymentActions } from './actions.ts';
import type { ActDialogProps } from './cancel-dialog.tsx';

type DecisionDialogProps = ActDialogProps &
  Pick<DeploymentActions, 'approve' | 'reject'> & { decision: 'approve' | 'reject' };

/** Approves or rejects, with a word to those who come after. */
export function DecisionDialog({ decision, deployment, onClose, onDone, ...acts }: DecisionDialogProps) {
  const form = useId();
  const { save, pending, failure } = useSave(acts[decision], (changed) => {
    onClose();
    onDone(changed);
  });
  const { id, agent, version, environment, requestedBy } = deployment;
  const isApproval = decision === 'approve';
  const errors = new Map(failure?.issues.map(({ path, message }) => [path, message]));
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    save({ id, comment: String(new FormData(event.currentTarget).get('comment') ?? '').trim() });
  };
  return (
    <Dialog
      open
      title={`${isApproval ? 'Approve' : 'Reject'} ${agent.name} ${version}?`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Decide later</Button>
          <Button type="submit" form={form} variant={isApproval ? 'primary' : 'danger'} pending={pending}>
            {isApproval ? 'Approve' : 'Reject'}
          </Button>
        </>
      }
    >
      <form id={form} noValidate onSubmit={submit} className="flex flex-col gap-3">
        <p className="wrap-anywhere">
          {isApproval
            ? `${requestedBy} asked for it. With the last approval that it needs it goes to ${environment}.`
            : 'One rejection ends it for good.'}
        </p>
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

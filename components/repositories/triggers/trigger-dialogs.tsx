'use client';

import { type FormEvent, useId } from 'react';
import { ActFailure } from '#components/ui/act-failure.tsx';
import type { BoundAction } from '#components/ui/bound-action.ts';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { TextField } from '#components/ui/field.tsx';
import { useSave } from '#components/ui/use-save.ts';
import type { TriggerView } from '#lib/model/deploy-trigger.ts';
import { type TriggerChoices, TriggerFields, type TypedTrigger, triggerOf } from './trigger-fields.tsx';

export interface TriggerActions {
  create: BoundAction<TypedTrigger & { repositoryId: string }, { id: string }>;
  update: BoundAction<TypedTrigger & { id: string }, { id: string }>;
  remove: BoundAction<{ id: string }, { id: string }>;
  run: BoundAction<{ id: string; ref: string }, { id: string }>;
}

/** Makes a trigger, or changes one. */
export function TriggerDialog(props: {
  trigger: TriggerView | null;
  choices: TriggerChoices;
  actions: Pick<TriggerActions, 'create' | 'update'>;
  onClose: () => void;
}) {
  const { trigger, choices, actions, onClose } = props;
  const form = useId();
  const creating = useSave(actions.create, onClose);
  const updating = useSave(actions.update, onClose);
  const { pending, failure } = trigger === null ? creating : updating;
  const errors = new Map(failure?.issues.map(({ path, message }) => [path, message]));
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const { repositoryId, ...typed } = triggerOf(new FormData(event.currentTarget));
    if (trigger === null) creating.save({ repositoryId, ...typed });
    else updating.save({ id: trigger.id, ...typed });
  };
  return (
    <Dialog
      open
      title={trigger === null ? 'A new trigger' : 'Edit the trigger'}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={form} variant="primary" pending={pending}>
            Save
          </Button>
        </>
      }
    >
      <form id={form} noValidate className="flex flex-col gap-5" onSubmit={submit}>
        <p className="text-xs text-muted">It deploys in your name, for as long as you may deploy.</p>
        <TriggerFields choices={choices} errors={errors} trigger={trigger} />
        <ActFailure failure={failure} fields />
      </form>
    </Dialog>
  );
}

/** Does it now, for a branch or tag. */
export function RunDialog(props: { trigger: TriggerView; run: TriggerActions['run']; onClose: () => void }) {
  const { trigger, run, onClose } = props;
  const form = useId();
  const { save, pending, failure } = useSave(run, onClose);
  const errors = new Map(failure?.issues.map(({ path, message }) => [path, message]));
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    save({ id: trigger.id, ref: String(new FormData(event.currentTarget).get('ref') ?? '') });
  };
  return (
    <Dialog
      open
      title={`${trigger.build ? 'Build and deploy' : 'Deploy'} ${trigger.agent.name}?`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={form} variant="primary" pending={pending}>
            {trigger.build ? 'Build and deploy' : 'Deploy'}
          </Button>
        </>
      }
    >
      <form id={form} noValidate className="flex flex-col gap-4" onSubmit={submit}>
        <TextField
          label="Branch or tag"
          name="ref"
          maxLength={200}
          defaultValue={trigger.ref.includes('*') ? '' : trigger.ref}
          error={errors.get('ref')}
        />
        <ActFailure failure={failure} fields />
      </form>
    </Dialog>
  );
}

/** Asks before a trigger is taken away. */
export function DeleteTriggerDialog(props: {
  trigger: TriggerView;
  remove: TriggerActions['remove'];
  onClose: () => void;
}) {
  const { trigger, remove, onClose } = props;
  const { save, pending, failure } = useSave(remove, onClose);
  return (
    <Dialog
      open
      title={`Delete the trigger of ${trigger.agent.name}?`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Keep it</Button>
          <Button variant="danger" pending={pending} onClick={() => save({ id: trigger.id })}>
            Delete it
          </Button>
        </>
      }
    >
      Nothing is deployed by it any more. Deployments that it started go on.
      <ActFailure failure={failure} />
    </Dialog>
  );
}

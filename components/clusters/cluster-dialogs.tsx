'use client';

import { type FormEvent, useId } from 'react';
import { ActFailure } from '#components/ui/act-failure.tsx';
import type { BoundAction } from '#components/ui/bound-action.ts';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { TextField } from '#components/ui/field.tsx';
import { useSave } from '#components/ui/use-save.ts';
import type { ClusterView } from '#lib/model/cluster.ts';
import { AccessFields, type AccessValues, accessOf } from './access-fields.tsx';
import { namespaceError, namespacesOf } from './namespaces.ts';

export interface ClusterActions {
  check: BoundAction<{ id: string }, { id: string }>;
  update: BoundAction<{ id: string; name: string; namespaces: string[] }, { id: string }>;
  reconnect: BoundAction<AccessValues & { id: string }, { id: string }>;
  remove: BoundAction<{ id: string }, { id: string }>;
}

interface DialogProps {
  cluster: ClusterView;
  onClose: () => void;
}

function onSubmit(take: (data: FormData) => void) {
  return (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    take(new FormData(event.currentTarget));
  };
}

/** Changes the name and the namespaces. */
export function EditDialog({ cluster, update, onClose }: DialogProps & Pick<ClusterActions, 'update'>) {
  const form = useId();
  const { save, pending, failure } = useSave(update, onClose);
  const errors = new Map(failure?.issues.map(({ path, message }) => [path, message]));
  return (
    <Dialog
      open
      title={`Edit ${cluster.name}`}
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
      <form
        id={form}
        noValidate
        className="flex flex-col gap-4"
        onSubmit={onSubmit((data) =>
          save({
            id: cluster.id,
            name: String(data.get('name') ?? ''),
            namespaces: namespacesOf(String(data.get('namespaces') ?? '')),
          }),
        )}
      >
        <TextField
          label="Name"
          name="name"
          maxLength={80}
          defaultValue={cluster.name}
          error={errors.get('name')}
        />
        <TextField
          label="Namespaces"
          name="namespaces"
          defaultValue={cluster.namespaces.join(', ')}
          hint="By commas. Pitwall uses no others."
          error={namespaceError(errors)}
        />
        <ActFailure failure={failure} fields />
      </form>
    </Dialog>
  );
}

/** Says anew how the cluster is reached. */
export function ReconnectDialog(
  props: DialogProps & Pick<ClusterActions, 'reconnect'> & { mayLend: boolean },
) {
  const { cluster, reconnect, mayLend, onClose } = props;
  const form = useId();
  const { save, pending, failure } = useSave(reconnect, onClose);
  const errors = new Map(failure?.issues.map(({ path, message }) => [path, message]));
  return (
    <Dialog
      open
      title={`New credentials for ${cluster.name}`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Keep the old ones</Button>
          <Button type="submit" form={form} variant="primary" pending={pending}>
            Use these
          </Button>
        </>
      }
    >
      <form
        id={form}
        noValidate
        className="flex flex-col gap-4"
        onSubmit={onSubmit((data) => save({ id: cluster.id, ...accessOf(data) }))}
      >
        <p className="text-sm text-muted">
          Address and credentials are given together, so that credentials never go to another address.
        </p>
        <AccessFields errors={errors} mayLend={mayLend} />
        <ActFailure failure={failure} fields />
      </form>
    </Dialog>
  );
}

/** Asks before a cluster is taken away. */
export function RemoveDialog({ cluster, remove, onClose }: DialogProps & Pick<ClusterActions, 'remove'>) {
  const { save, pending, failure } = useSave(remove, onClose);
  return (
    <Dialog
      open
      title={`Remove ${cluster.name}?`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Keep it</Button>
          <Button variant="danger" pending={pending} onClick={() => save({ id: cluster.id })}>
            Remove it
          </Button>
        </>
      }
    >
      What runs there goes on. Pitwall forgets its credentials, and can neither watch nor roll back what it
      deployed there.
      <ActFailure failure={failure} />
    </Dialog>
  );
}

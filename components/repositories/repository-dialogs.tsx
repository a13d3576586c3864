'use client';

import { useState } from 'react';
import { ActFailure } from '#components/ui/act-failure.tsx';
import type { BoundAction } from '#components/ui/bound-action.ts';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { useSave } from '#components/ui/use-save.ts';
import type { AllowRule, RepositoryView } from '#lib/model/repository-schema.ts';
import { WebhookSecret } from './webhook-secret.tsx';

interface MadeSecret {
  id: string;
  webhookPath: string;
  secret: string;
}

export interface RepositoryActions {
  update: BoundAction<{ id: string; allowed: AllowRule[] }, { id: string }>;
  test: BoundAction<{ id: string }, { id: string }>;
  rotate: BoundAction<{ id: string }, MadeSecret>;
  disconnect: BoundAction<{ id: string }, { id: string }>;
}

interface DialogProps {
  repository: RepositoryView;
  /** Where a stale sign-in is renewed. */
  proveAgain: string;
  onClose: () => void;
}

/** Gives the webhook another secret and shows it. */
export function RotateDialog(props: DialogProps & Pick<RepositoryActions, 'rotate'>) {
  const { repository, rotate, proveAgain, onClose } = props;
  const [made, setMade] = useState<MadeSecret | null>(null);
  const { save, pending, failure } = useSave(rotate, setMade);
  return (
    <Dialog
      open
      title={made ? `The new secret of ${repository.fullName}` : `A new secret for ${repository.fullName}?`}
      onClose={onClose}
      actions={
        made ? (
          <Button onClick={onClose}>Done</Button>
        ) : (
          <>
            <Button onClick={onClose}>Keep the old one</Button>
            <Button variant="danger" pending={pending} onClick={() => save({ id: repository.id })}>
              Make a new secret
            </Button>
          </>
        )
      }
    >
      {made ? (
        <WebhookSecret path={made.webhookPath} secret={made.secret} />
      ) : (
        'The old one counts for a day more, so that no event is lost until the webhook has the new one.'
      )}
      <ActFailure failure={failure} proveAgain={proveAgain} />
    </Dialog>
  );
}

/** Asks before a repository is forgotten. */
export function DisconnectDialog(props: DialogProps & Pick<RepositoryActions, 'disconnect'>) {
  const { repository, disconnect, proveAgain, onClose } = props;
  const { save, pending, failure } = useSave(disconnect, onClose);
  return (
    <Dialog
      open
      title={`Disconnect ${repository.fullName}?`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Keep it</Button>
          <Button variant="danger" pending={pending} onClick={() => save({ id: repository.id })}>
            Disconnect it
          </Button>
        </>
      }
    >
      Its webhook is refused at once, and its credentials, rules and deliveries are forgotten.
      <ActFailure failure={failure} proveAgain={proveAgain} />
    </Dialog>
  );
}

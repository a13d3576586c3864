'use client';

import { useState } from 'react';
import { ActFailure } from '#components/ui/act-failure.tsx';
import { Ago } from '#components/ui/ago.tsx';
import type { BoundAction } from '#components/ui/bound-action.ts';
import { Button } from '#components/ui/button.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { Moment } from '#components/ui/moment.tsx';
import { useSave } from '#components/ui/use-save.ts';
import type { PasskeyView } from '#lib/model/account-view.ts';
import { AddPasskey, type AddPasskeyActions } from './add-passkey.tsx';
import { PasskeyNameForm } from './passkey-name-form.tsx';

export interface PasskeyActions extends AddPasskeyActions {
  rename: BoundAction<{ id: string; name: string }, undefined>;
  remove: BoundAction<{ id: string }, undefined>;
}

interface PasskeysProps {
  passkeys: readonly PasskeyView[];
  actions: PasskeyActions;
  /** Leads to where a sign-in that is too old is renewed. */
  proveAgain: string;
  renderedAtMs: number;
}

/** The own passkeys, and a way to add one. */
export function Passkeys({ passkeys, actions, proveAgain, renderedAtMs }: PasskeysProps) {
  return (
    <Card label="Passkeys">
      <CardHeader title="Passkeys" />
      <div className="flex flex-col gap-4 px-4 pb-4">
        <p className="text-sm text-muted">
          A passkey signs you in with your fingerprint, face or PIN, without password and code. Nobody can be
          tricked into telling one.
        </p>
        {passkeys.length === 0 ? (
          <p className="text-sm">You have none yet.</p>
        ) : (
          <ul className="rounded-md border border-line">
            {passkeys.map((passkey) => (
              <PasskeyRow key={passkey.id} {...{ passkey, actions, proveAgain, renderedAtMs }} />
            ))}
          </ul>
        )}
        <AddPasskey actions={actions} proveAgain={proveAgain} />
      </div>
    </Card>
  );
}

function PasskeyRow({
  passkey,
  actions,
  proveAgain,
  renderedAtMs,
}: Omit<PasskeysProps, 'passkeys'> & { passkey: PasskeyView }) {
  const { id, name, createdAt, lastUsedAt, isBackedUp } = passkey;
  const [open, setOpen] = useState<'rename' | 'remove' | null>(null);
  const close = () => setOpen(null);
  const rename = useSave(actions.rename, close);
  const remove = useSave(actions.remove, close);
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1 border-t border-line px-3 py-2.5 text-sm first:border-t-0">
      <span className="min-w-0 flex-1 basis-48">
        <span className="font-medium wrap-anywhere">{name}</span>
        <span className="block text-xs text-muted">
          added <Moment atMs={createdAt.getTime()} />
          {lastUsedAt && (
            <>
              {' '}
              · used <Ago atMs={lastUsedAt.getTime()} renderedAtMs={renderedAtMs} />
            </>
          )}
          {isBackedUp && ' · kept by a password manager'}
        </span>
      </span>
      <span className="flex gap-2">
        <Button size="sm" onClick={() => setOpen('rename')}>
          Rename
        </Button>
        <Button size="sm" variant="danger" onClick={() => setOpen('remove')}>
          Delete
        </Button>
      </span>
      <Dialog open={open === 'rename'} title="Rename the passkey" onClose={close}>
        <ActFailure failure={rename.failure} proveAgain={proveAgain} />
        <PasskeyNameForm
          submit="Rename"
          initial={name}
          pending={rename.pending}
          onName={(typed) => rename.save({ id, name: typed })}
        />
      </Dialog>
      <Dialog
        open={open === 'remove'}
        title={`Delete ${name}`}
        onClose={close}
        actions={
          <>
            <Button onClick={close}>Keep it</Button>
            <Button variant="danger" pending={remove.pending} onClick={() => remove.save({ id })}>
              Delete the passkey
            </Button>
          </>
        }
      >
        <ActFailure failure={remove.failure} proveAgain={proveAgain} />
        <p>It lets nobody in from then on. Take it out of your password manager too.</p>
      </Dialog>
    </li>
  );
}

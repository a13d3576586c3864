'use client';

import { useState } from 'react';
import { ActFailure } from '#components/ui/act-failure.tsx';
import type { BoundAction } from '#components/ui/bound-action.ts';
import { Button } from '#components/ui/button.tsx';
import { CodeBlock } from '#components/ui/code-block.tsx';
import { useSave } from '#components/ui/use-save.ts';
import { CodeField } from './code-field.tsx';
import { QrCode } from './qr-code.tsx';

interface Begun {
  secret: string;
  uri: string;
}

export interface EnrolActions {
  begin: BoundAction<Record<string, never>, Begun>;
  confirm: BoundAction<{ code: string }, { codes: string[] }>;
}

/** Connects an authenticator app: the secret as a picture and to type, then a first code. */
export function EnrolAuthenticator(props: {
  actions: EnrolActions;
  proveAgain: string;
  onCodes: (codes: readonly string[]) => void;
}) {
  const { actions, proveAgain, onCodes } = props;
  const [begun, setBegun] = useState<Begun | null>(null);
  const begin = useSave(actions.begin, setBegun);
  const confirm = useSave(actions.confirm, ({ codes }) => onCodes(codes));
  if (begun === null)
    return (
      <>
        <p className="text-sm text-muted">
          With an authenticator app, a stolen password alone lets nobody in: after it you are asked for a code
          that only your phone shows.
        </p>
        <ActFailure failure={begin.failure} proveAgain={proveAgain} />
        <div>
          <Button pending={begin.pending} onClick={() => begin.save({})}>
            Set up an authenticator app
          </Button>
        </div>
      </>
    );
  return (
    <div className="flex flex-col gap-4 text-sm">
      <p>Scan this with the app, or type the key below into it.</p>
      <QrCode text={begun.uri} label="QR code for the authenticator app" />
      <CodeBlock name="Key" text={begun.secret} />
      <ActFailure failure={confirm.failure} proveAgain={proveAgain} />
      <CodeField
        label="The code that the app shows now"
        submit="Switch on"
        pending={confirm.pending}
        onCode={(code) => confirm.save({ code })}
      />
    </div>
  );
}

'use client';

import { useState } from 'react';
import { ActFailure } from '#components/ui/act-failure.tsx';
import type { BoundAction } from '#components/ui/bound-action.ts';
import { Button } from '#components/ui/button.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { Moment } from '#components/ui/moment.tsx';
import { useSave } from '#components/ui/use-save.ts';
import type { OwnSignInView } from '#lib/model/account-view.ts';
import { formatPlural } from '#lib/model/format.ts';
import { CodeField } from './code-field.tsx';
import { type EnrolActions, EnrolAuthenticator } from './enrol-authenticator.tsx';
import { RecoveryCodes } from './recovery-codes.tsx';

export interface SecondFactorActions extends EnrolActions {
  disable: BoundAction<{ code: string }, undefined>;
  renew: BoundAction<{ code: string }, { codes: string[] }>;
}

interface SecondFactorProps {
  view: Pick<OwnSignInView, 'secondFactorSince' | 'recoveryCodesLeft'>;
  actions: SecondFactorActions;
  /** Leads to where a sign-in that is too old is renewed. */
  proveAgain: string;
}

/** Codes of an authenticator app: off with what they do, on with what can be done about them. */
export function SecondFactor({ view, actions, proveAgain }: SecondFactorProps) {
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const since = view.secondFactorSince;
  return (
    <Card label="Authenticator app">
      <CardHeader
        title="Authenticator app"
        hint={
          since && (
            <>
              on since <Moment atMs={since.getTime()} />
            </>
          )
        }
      />
      <div className="flex flex-col gap-4 px-4 pb-4">
        {codes !== null ? (
          <RecoveryCodes codes={codes} onDone={() => setCodes(null)} />
        ) : since === null ? (
          <EnrolAuthenticator actions={actions} proveAgain={proveAgain} onCodes={setCodes} />
        ) : (
          <Enrolled left={view.recoveryCodesLeft} {...{ actions, proveAgain }} onCodes={setCodes} />
        )}
      </div>
    </Card>
  );
}

function Enrolled(props: {
  left: number;
  actions: SecondFactorActions;
  proveAgain: string;
  onCodes: (codes: readonly string[]) => void;
}) {
  const { left, actions, proveAgain, onCodes } = props;
  const [open, setOpen] = useState<'renew' | 'disable' | null>(null);
  const close = () => setOpen(null);
  const renew = useSave(actions.renew, (result) => onCodes(result.codes));
  const disable = useSave(actions.disable, close);
  return (
    <>
      <p className="text-sm text-muted">
        After your password you are asked for a code of the app. {formatPlural(left, 'recovery code')} of 10
        left for when you are without it.
      </p>
      <div className="flex flex-wrap gap-2">
        <Button onClick={() => setOpen('renew')}>Make new recovery codes</Button>
        <Button variant="danger" onClick={() => setOpen('disable')}>
          Switch off
        </Button>
      </div>
      <Dialog open={open === 'renew'} title="Make new recovery codes" onClose={close}>
        <div className="flex flex-col gap-3">
          <p>The codes that you have are worth nothing from then on.</p>
          <ActFailure failure={renew.failure} proveAgain={proveAgain} />
          <CodeField
            label="Code of the app, or a recovery code"
            submit="Make new codes"
            pending={renew.pending}
            onCode={(code) => renew.save({ code })}
          />
        </div>
      </Dialog>
      <Dialog open={open === 'disable'} title="Switch the authenticator app off" onClose={close}>
        <div className="flex flex-col gap-3">
          <p>
            From then on your password alone lets somebody in. Your recovery codes are worth nothing any more.
          </p>
          <ActFailure failure={disable.failure} proveAgain={proveAgain} />
          <CodeField
            label="Code of the app, or a recovery code"
            submit="Switch off"
            pending={disable.pending}
            onCode={(code) => disable.save({ code })}
          />
        </div>
      </Dialog>
    </>
  );
}

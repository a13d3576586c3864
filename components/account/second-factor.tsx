'use client';

import { useState } from 'react';
import type { AskForPasskey, PasskeyResponse } from '#components/auth/use-passkey.ts';
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
import { PasskeyInstead } from './passkey-instead.tsx';
import { RecoveryCodes } from './recovery-codes.tsx';

/** A code of the app or a recovery code, or what a passkey answered. */
type Proof = { code: string } | { passkey: PasskeyResponse };

export interface SecondFactorActions extends EnrolActions {
  disable: BoundAction<Proof, undefined>;
  renew: BoundAction<Proof, { codes: string[] }>;
  beginProof: (input: Record<string, never>) => ReturnType<AskForPasskey>;
}

interface SecondFactorProps {
  view: Pick<OwnSignInView, 'secondFactorSince' | 'recoveryCodesLeft' | 'passkeys'>;
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
          <Enrolled view={view} {...{ actions, proveAgain }} onCodes={setCodes} />
        )}
      </div>
    </Card>
  );
}

/** Takes a code or, from whoever has one, a passkey. */
function ProofFields(props: {
  submit: string;
  pending: boolean;
  /** Null for somebody without a passkey. */
  askForPasskey: AskForPasskey | null;
  onProof: (proof: Proof) => void;
}) {
  const { askForPasskey, onProof } = props;
  return (
    <>
      <CodeField
        label="Code of the app, or a recovery code"
        submit={props.submit}
        pending={props.pending}
        onCode={(code) => onProof({ code })}
      />
      {askForPasskey && <PasskeyInstead ask={askForPasskey} onResponse={(passkey) => onProof({ passkey })} />}
    </>
  );
}

function Enrolled(
  props: SecondFactorProps & {
    onCodes: (codes: readonly string[]) => void;
  },
) {
  const { view, actions, proveAgain, onCodes } = props;
  const left = view.recoveryCodesLeft;
  const askForPasskey = view.passkeys.length > 0 ? () => actions.beginProof({}) : null;
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
          <ProofFields
            submit="Make new codes"
            pending={renew.pending}
            askForPasskey={askForPasskey}
            onProof={renew.save}
          />
        </div>
      </Dialog>
      <Dialog open={open === 'disable'} title="Switch the authenticator app off" onClose={close}>
        <div className="flex flex-col gap-3">
          <p>
            From then on your password alone lets somebody in. Your recovery codes are worth nothing any more.
          </p>
          <ActFailure failure={disable.failure} proveAgain={proveAgain} />
          <ProofFields
            submit="Switch off"
            pending={disable.pending}
            askForPasskey={askForPasskey}
            onProof={disable.save}
          />
        </div>
      </Dialog>
    </>
  );
}

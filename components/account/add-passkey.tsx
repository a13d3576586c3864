'use client';

import type {
  PublicKeyCredentialCreationOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/browser';
import { useRouter } from 'next/navigation';
import { useState, useTransition } from 'react';
import { ActFailure } from '#components/ui/act-failure.tsx';
import type { BoundAction, ShownFailure } from '#components/ui/bound-action.ts';
import { PasskeyNameForm } from './passkey-name-form.tsx';

export interface AddPasskeyActions {
  begin: BoundAction<Record<string, never>, PublicKeyCredentialCreationOptionsJSON>;
  register: BoundAction<{ name: string; response: RegistrationResponseJSON }, { id: string }>;
}

const notMade: ShownFailure = {
  code: 'invalid',
  message: 'The browser made no passkey. Perhaps this device holds one of yours already.',
  issues: [],
};

/** Makes a passkey on this device, or on a phone or key that the browser asks for. */
export function AddPasskey({ actions, proveAgain }: { actions: AddPasskeyActions; proveAgain: string }) {
  const router = useRouter();
  const [failure, setFailure] = useState<ShownFailure | null>(null);
  const [made, setMade] = useState(0);
  const [pending, startTransition] = useTransition();

  async function add(name: string): Promise<ShownFailure | null> {
    const begun = await actions.begin({});
    if (!begun.ok) return begun.error;
    const { startRegistration } = await import('@simplewebauthn/browser');
    const response = await startRegistration({ optionsJSON: begun.data }).catch(() => null);
    if (response === null) return notMade;
    const result = await actions.register({ name, response });
    return result.ok ? null : result.error;
  }
  const submit = (name: string) =>
    startTransition(async () => {
      const problem = await add(name);
      setFailure(problem);
      if (problem !== null) return;
      setMade(made + 1);
      router.refresh();
    });
  return (
    <div className="flex flex-col gap-3">
      <PasskeyNameForm key={made} submit="Add a passkey" initial="" pending={pending} onName={submit} />
      <ActFailure failure={failure} proveAgain={proveAgain} />
    </div>
  );
}

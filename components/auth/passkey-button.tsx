'use client';

import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/browser';
import { KeyRound } from 'lucide-react';
import { useState, useSyncExternalStore, useTransition } from 'react';
import type { BoundAction, ShownFailure } from '#components/ui/bound-action.ts';
import { Button } from '#components/ui/button.tsx';
import { FormFailure } from './form-failure.tsx';

interface PasskeyButtonProps {
  ask: () => ReturnType<BoundAction<void, PublicKeyCredentialRequestOptionsJSON>>;
  answer: BoundAction<
    { response: AuthenticationResponseJSON; callbackUrl: string; isSecondStep: boolean },
    never
  >;
  callbackUrl: string;
  /** Whether it stands in for the code that is asked for after a password. */
  isSecondStep: boolean;
}

const never = () => () => undefined;
const hasPasskeys = () => typeof PublicKeyCredential === 'function';

const noPasskey: ShownFailure = {
  code: 'invalid',
  message: 'No passkey was chosen. Try again, or sign in another way.',
  issues: [],
};

/** Signs in by a passkey; not shown where the browser knows none. */
export function PasskeyButton({ ask, answer, callbackUrl, isSecondStep }: PasskeyButtonProps) {
  const isKnown = useSyncExternalStore(never, hasPasskeys, () => false);
  const [failure, setFailure] = useState<ShownFailure | null>(null);
  const [pending, startTransition] = useTransition();
  if (!isKnown) return null;

  async function attempt(): Promise<ShownFailure | null> {
    const asked = await ask();
    if (!asked.ok) return asked.error;
    const { startAuthentication } = await import('@simplewebauthn/browser');
    const response = await startAuthentication({ optionsJSON: asked.data }).catch(() => null);
    if (response === null) return noPasskey;
    const result = await answer({ response, callbackUrl, isSecondStep });
    return result.ok ? null : result.error;
  }
  return (
    <div className="flex flex-col gap-3">
      <FormFailure state={failure} />
      <Button
        icon={KeyRound}
        pending={pending}
        onClick={() => startTransition(async () => setFailure(await attempt()))}
      >
        {isSecondStep ? 'Use a passkey instead' : 'Sign in with a passkey'}
      </Button>
    </div>
  );
}

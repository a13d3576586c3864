'use client';

import { KeyRound } from 'lucide-react';
import type { BoundAction } from '#components/ui/bound-action.ts';
import { Button } from '#components/ui/button.tsx';
import { FormFailure } from './form-failure.tsx';
import { type AskForPasskey, type PasskeyResponse, usePasskey } from './use-passkey.ts';

interface PasskeyButtonProps {
  ask: AskForPasskey;
  answer: BoundAction<{ response: PasskeyResponse; callbackUrl: string; isSecondStep: boolean }, never>;
  callbackUrl: string;
  /** Whether it stands in for the code that is asked for after a password. */
  isSecondStep: boolean;
}

/** Signs in by a passkey; not shown where the browser knows none. */
export function PasskeyButton({ ask, answer, callbackUrl, isSecondStep }: PasskeyButtonProps) {
  const { isKnown, failure, pending, prove } = usePasskey(ask, async (response) => {
    const result = await answer({ response, callbackUrl, isSecondStep });
    return result.ok ? null : result.error;
  });
  if (!isKnown) return null;
  return (
    <div className="flex flex-col gap-3">
      <FormFailure state={failure} />
      <Button icon={KeyRound} pending={pending} onClick={prove}>
        {isSecondStep ? 'Use a passkey instead' : 'Sign in with a passkey'}
      </Button>
    </div>
  );
}

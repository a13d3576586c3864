'use client';

import { useActionState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { TextField } from '#components/ui/field.tsx';
import { type FormAction, FormFailure } from './form-failure.tsx';

/** A code of the authenticator app or a recovery code; works before any script has loaded. */
export function CodeForm({ action, callbackUrl }: { action: FormAction; callbackUrl: string }) {
  const [state, submit, pending] = useActionState(action, null);
  return (
    <form action={submit} className="flex flex-col gap-4">
      <FormFailure state={state} />
      <input type="hidden" name="callbackUrl" value={callbackUrl} />
      <TextField
        label="Code"
        name="code"
        autoComplete="one-time-code"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={40}
        hint="Without the app: one of your recovery codes. Each works once."
        required
        autoFocus
      />
      <Button type="submit" variant="primary" pending={pending}>
        Continue
      </Button>
    </form>
  );
}

'use client';

import { TextField } from '#components/ui/field.tsx';
import { AuthForm } from './auth-form.tsx';
import type { FormAction } from './form-failure.tsx';

/** A code of the authenticator app or a recovery code. */
export function CodeForm({ action, callbackUrl }: { action: FormAction; callbackUrl: string }) {
  return (
    <AuthForm action={action} carried={{ callbackUrl }} button="Continue">
      {() => (
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
      )}
    </AuthForm>
  );
}

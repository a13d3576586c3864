'use client';

import { TextField } from '#components/ui/field.tsx';
import { AuthForm } from './auth-form.tsx';
import type { FormAction } from './form-failure.tsx';
import { EmailField } from './person-fields.tsx';

/** E-mail and password. */
export function SignInForm({ action, callbackUrl }: { action: FormAction; callbackUrl: string }) {
  return (
    <AuthForm action={action} carried={{ callbackUrl }} button="Sign in">
      {({ typed }) => (
        <>
          <EmailField typed={typed('email')} autoFocus />
          <TextField
            label="Password"
            name="password"
            type="password"
            autoComplete="current-password"
            maxLength={256}
            required
          />
        </>
      )}
    </AuthForm>
  );
}

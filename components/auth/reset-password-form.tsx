'use client';

import { useActionState } from 'react';
import { NewPasswordField } from '#components/account/new-password-field.tsx';
import { Button } from '#components/ui/button.tsx';
import { type FormAction, FormFailure, issueOf } from './form-failure.tsx';

/** A new password, with the link of a mail. */
export function ResetPasswordForm({ action, token }: { action: FormAction; token: string }) {
  const [state, submit, pending] = useActionState(action, null);
  return (
    <form action={submit} className="flex flex-col gap-4">
      <FormFailure state={state} />
      <input type="hidden" name="token" value={token} />
      <NewPasswordField label="New password" error={issueOf(state, 'password')} autoFocus />
      <p className="text-xs text-muted">You are signed out everywhere, and sign in with the new one.</p>
      <Button type="submit" variant="primary" pending={pending}>
        Change the password
      </Button>
    </form>
  );
}

'use client';

import { useActionState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { TextField } from '#components/ui/field.tsx';
import { type FormAction, FormFailure } from './form-failure.tsx';
import { useTyped } from './use-typed.ts';

/** Asks for a link by mail; works before any script has loaded. */
export function ForgotPasswordForm({ action }: { action: FormAction }) {
  const { onSubmit, typed } = useTyped();
  const [state, submit, pending] = useActionState(action, null);
  return (
    <form action={submit} onSubmit={onSubmit} className="flex flex-col gap-4">
      <p className="text-sm text-muted">We mail you a link with which you choose a new password.</p>
      <FormFailure state={state} />
      <TextField
        label="Email"
        name="email"
        defaultValue={typed('email')}
        type="email"
        autoComplete="username"
        required
        autoFocus
      />
      <Button type="submit" variant="primary" pending={pending}>
        Send the link
      </Button>
    </form>
  );
}

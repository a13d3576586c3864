'use client';

import { useActionState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { TextField } from '#components/ui/field.tsx';
import { type FormAction, FormFailure } from './form-failure.tsx';
import { useTyped } from './use-typed.ts';

/** E-mail and password; works before any script has loaded. */
export function SignInForm(props: { action: FormAction; callbackUrl: string }) {
  const { onSubmit, typed } = useTyped();
  const [state, submit, pending] = useActionState(props.action, null);
  return (
    <form action={submit} onSubmit={onSubmit} className="flex flex-col gap-4">
      <FormFailure state={state} />
      <input type="hidden" name="callbackUrl" value={props.callbackUrl} />
      <TextField
        label="Email"
        name="email"
        defaultValue={typed('email')}
        type="email"
        autoComplete="username"
        required
        autoFocus
      />
      <TextField
        label="Password"
        name="password"
        type="password"
        autoComplete="current-password"
        maxLength={256}
        required
      />
      <Button type="submit" variant="primary" pending={pending}>
        Sign in
      </Button>
    </form>
  );
}

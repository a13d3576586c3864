'use client';

import { useActionState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { TextField } from '#components/ui/field.tsx';
import { type FormAction, FormFailure } from './form-failure.tsx';

/** E-mail and password; works before any script has loaded. */
export function SignInForm(props: { action: FormAction; callbackUrl: string }) {
  const [state, submit, pending] = useActionState(props.action, null);
  return (
    <form action={submit} className="flex flex-col gap-4">
      <FormFailure state={state} />
      <input type="hidden" name="callbackUrl" value={props.callbackUrl} />
      <TextField label="Email" name="email" type="email" autoComplete="username" required autoFocus />
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

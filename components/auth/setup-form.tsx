'use client';

import { useActionState } from 'react';
import { NewPasswordField } from '#components/account/new-password-field.tsx';
import { Button } from '#components/ui/button.tsx';
import { TextField } from '#components/ui/field.tsx';
import { type FormAction, FormFailure, issueOf } from './form-failure.tsx';
import { useTyped } from './use-typed.ts';

/** Name, address and password of the first admin. */
export function SetupForm(props: { action: FormAction; token: string }) {
  const { onSubmit, typed } = useTyped();
  const [state, submit, pending] = useActionState(props.action, null);
  return (
    <form action={submit} onSubmit={onSubmit} className="flex flex-col gap-4">
      <FormFailure state={state} />
      <input type="hidden" name="token" value={props.token} />
      <TextField
        label="Name"
        name="name"
        defaultValue={typed('name')}
        autoComplete="name"
        maxLength={120}
        error={issueOf(state, 'admin.name')}
        optional
      />
      <TextField
        label="Email"
        name="email"
        defaultValue={typed('email')}
        type="email"
        autoComplete="username"
        error={issueOf(state, 'admin.email')}
        required
      />
      <NewPasswordField error={issueOf(state, 'admin.password')} />
      <Button type="submit" variant="primary" pending={pending}>
        Create admin
      </Button>
    </form>
  );
}

'use client';

import { useActionState } from 'react';
import { NewPasswordField } from '#components/account/new-password-field.tsx';
import { Button } from '#components/ui/button.tsx';
import { TextField } from '#components/ui/field.tsx';
import { type FormAction, FormFailure, issueOf } from './form-failure.tsx';
import { useTyped } from './use-typed.ts';

/** Accepts an invitation: a new person chooses a name and a password; works before any script has loaded. */
export function JoinForm(props: { action: FormAction; token: string; isNew: boolean }) {
  const { onSubmit, typed } = useTyped();
  const [state, submit, pending] = useActionState(props.action, null);
  return (
    <form action={submit} onSubmit={onSubmit} className="flex flex-col gap-4">
      <FormFailure state={state} />
      <input type="hidden" name="token" value={props.token} />
      {props.isNew && (
        <>
          <TextField
            label="Name"
            name="name"
            defaultValue={typed('name')}
            autoComplete="name"
            maxLength={120}
            error={issueOf(state, 'person.name')}
            optional
          />
          <NewPasswordField error={issueOf(state, 'person.password')} />
        </>
      )}
      <Button type="submit" variant="primary" pending={pending}>
        Join the team
      </Button>
    </form>
  );
}

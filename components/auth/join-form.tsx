'use client';

import { useActionState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { TextField } from '#components/ui/field.tsx';
import { type FormAction, FormFailure, issueOf } from './form-failure.tsx';

/** Accepts an invitation: a new person chooses a name and a password; works before any script has loaded. */
export function JoinForm(props: { action: FormAction; token: string; isNew: boolean }) {
  const [state, submit, pending] = useActionState(props.action, null);
  return (
    <form action={submit} className="flex flex-col gap-4">
      <FormFailure state={state} />
      <input type="hidden" name="token" value={props.token} />
      {props.isNew && (
        <>
          <TextField
            label="Name"
            name="name"
            autoComplete="name"
            maxLength={120}
            error={issueOf(state, 'person.name')}
            optional
          />
          <TextField
            label="Password"
            name="password"
            type="password"
            autoComplete="new-password"
            minLength={8}
            maxLength={256}
            hint="At least 8 characters; a sentence of 15 or more is better."
            error={issueOf(state, 'person.password')}
            required
          />
        </>
      )}
      <Button type="submit" variant="primary" pending={pending}>
        Join the team
      </Button>
    </form>
  );
}

'use client';

import { type FormEvent, useRef, useState } from 'react';
import { ActFailure } from '#components/ui/act-failure.tsx';
import type { BoundAction } from '#components/ui/bound-action.ts';
import { Button } from '#components/ui/button.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { TextField } from '#components/ui/field.tsx';
import { Moment } from '#components/ui/moment.tsx';
import { useSave } from '#components/ui/use-save.ts';
import type { OwnSignInView } from '#lib/model/account-view.ts';
import { NewPasswordField } from './new-password-field.tsx';

/** Changes the password, or chooses the first one. */
export function PasswordForm(props: {
  view: Pick<OwnSignInView, 'hasPassword' | 'passwordChangedAt'>;
  change: BoundAction<{ current: string; password: string }, undefined>;
  proveAgain: string;
}) {
  const { hasPassword, passwordChangedAt } = props.view;
  const form = useRef<HTMLFormElement>(null);
  const [done, setDone] = useState(false);
  const { save, pending, failure } = useSave(props.change, () => {
    form.current?.reset();
    setDone(true);
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    save({ current: String(data.get('current') ?? ''), password: String(data.get('password') ?? '') });
  };
  return (
    <Card label="Password">
      <CardHeader
        title="Password"
        hint={
          passwordChangedAt && (
            <>
              changed <Moment atMs={passwordChangedAt.getTime()} />
            </>
          )
        }
      />
      <form
        ref={form}
        onSubmit={submit}
        onChange={() => setDone(false)}
        className="flex flex-col gap-4 px-4 pb-4"
      >
        <p className="text-sm text-muted">
          {hasPassword
            ? 'A new password ends your other sessions within seconds.'
            : 'You sign in through a provider. With a password you can come in without it too.'}
        </p>
        {hasPassword && (
          <TextField
            label="Current password"
            name="current"
            type="password"
            autoComplete="current-password"
            maxLength={256}
            hint="May stay empty within 15 minutes of signing in."
          />
        )}
        <NewPasswordField label="New password" />
        <ActFailure failure={failure} proveAgain={props.proveAgain} />
        <div className="flex items-center gap-3">
          <Button type="submit" variant="primary" pending={pending}>
            {hasPassword ? 'Change the password' : 'Choose the password'}
          </Button>
          <p role="status" className="text-sm text-muted">
            {done && !pending ? 'Changed. Your other sessions have ended.' : ''}
          </p>
        </div>
      </form>
    </Card>
  );
}

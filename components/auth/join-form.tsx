'use client';

import { NewPasswordField } from '#components/account/new-password-field.tsx';
import { AuthForm } from './auth-form.tsx';
import type { FormAction } from './form-failure.tsx';
import { NameField } from './person-fields.tsx';

/** Accepts an invitation: a new person chooses a name and a password. */
export function JoinForm({ action, token, isNew }: { action: FormAction; token: string; isNew: boolean }) {
  return (
    <AuthForm action={action} carried={{ token }} button="Join the team">
      {({ typed, issue }) =>
        isNew && (
          <>
            <NameField typed={typed('name')} error={issue('person.name')} />
            <NewPasswordField error={issue('person.password')} />
          </>
        )
      }
    </AuthForm>
  );
}

'use client';

import { NewPasswordField } from '#components/account/new-password-field.tsx';
import { AuthForm } from './auth-form.tsx';
import type { FormAction } from './form-failure.tsx';
import { EmailField, NameField } from './person-fields.tsx';

/** Name, address and password of the first admin. */
export function SetupForm({ action, token }: { action: FormAction; token: string }) {
  return (
    <AuthForm action={action} carried={{ token }} button="Create admin">
      {({ typed, issue }) => (
        <>
          <NameField typed={typed('name')} error={issue('admin.name')} />
          <EmailField typed={typed('email')} error={issue('admin.email')} />
          <NewPasswordField error={issue('admin.password')} />
        </>
      )}
    </AuthForm>
  );
}

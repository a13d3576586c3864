'use client';

import { NewPasswordField } from '#components/account/new-password-field.tsx';
import { AuthForm } from './auth-form.tsx';
import type { FormAction } from './form-failure.tsx';

/** A new password, with the link of a mail. */
export function ResetPasswordForm({ action, token }: { action: FormAction; token: string }) {
  return (
    <AuthForm action={action} carried={{ token }} button="Change the password">
      {({ issue }) => (
        <>
          <NewPasswordField label="New password" error={issue('password')} autoFocus />
          <p className="text-xs text-muted">You are signed out everywhere, and sign in with the new one.</p>
        </>
      )}
    </AuthForm>
  );
}

'use client';

import { AuthForm } from './auth-form.tsx';
import type { FormAction } from './form-failure.tsx';
import { EmailField } from './person-fields.tsx';

/** Asks for a link by mail. */
export function ForgotPasswordForm({ action }: { action: FormAction }) {
  return (
    <AuthForm action={action} button="Send the link">
      {({ typed }) => (
        <>
          <p className="text-sm text-muted">We mail you a link with which you choose a new password.</p>
          <EmailField typed={typed('email')} autoFocus />
        </>
      )}
    </AuthForm>
  );
}

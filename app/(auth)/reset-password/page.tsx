import type { Metadata } from 'next';
import { AuthCard } from '#components/auth/auth-card.tsx';
import { ResetPasswordForm } from '#components/auth/reset-password-form.tsx';
import { ButtonLink } from '#components/ui/button.tsx';
import { paths } from '#lib/model/paths.ts';
import { usableResetToken } from '#lib/web/auth/password-reset.ts';
import { completeReset } from './actions.ts';

export const metadata: Metadata = { title: 'Choose a new password' };

type Search = Promise<Record<string, string | string[] | undefined>>;

export default async function ResetPasswordPage({ searchParams }: { searchParams: Search }) {
  const token = await usableResetToken((await searchParams).token);
  return (
    <AuthCard title="Choose a new password">
      {token === null ? (
        <>
          <p className="text-sm text-muted">
            This link is not valid any more. Links work once and for 30 minutes.
          </p>
          <ButtonLink href={paths.forgotPassword()}>Ask for a new link</ButtonLink>
        </>
      ) : (
        <ResetPasswordForm action={completeReset} token={token} />
      )}
    </AuthCard>
  );
}

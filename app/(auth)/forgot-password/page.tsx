import type { Metadata } from 'next';
import Link from 'next/link';
import { AuthCard } from '#components/auth/auth-card.tsx';
import { ForgotPasswordForm } from '#components/auth/forgot-password-form.tsx';
import { paths } from '#lib/model/paths.ts';
import { sendsMail } from '#lib/web/sends-mail.ts';
import { requestReset } from './actions.ts';

export const metadata: Metadata = { title: 'Forgot your password' };

type Search = Promise<Record<string, string | string[] | undefined>>;

export default async function ForgotPasswordPage({ searchParams }: { searchParams: Search }) {
  const [{ sent }, hasMail] = await Promise.all([searchParams, sendsMail()]);
  const isSent = hasMail && sent !== undefined;
  return (
    <AuthCard title={isSent ? 'Look into your mailbox' : 'Choose a new password'}>
      {!hasMail ? (
        <p role="status" className="text-sm">
          This installation has no mail server, so it cannot mail you a link. Ask an admin: under Settings,
          Accounts they make a link for you, with which you choose a new password.
        </p>
      ) : !isSent ? (
        <ForgotPasswordForm action={requestReset} />
      ) : (
        <p role="status" className="text-sm">
          If somebody with this address signs in here with a password, a link is on its way. It works once and
          for 30 minutes. If nothing comes, look into the spam folder, or ask an admin of your team.
        </p>
      )}
      <Link href={paths.signIn()} className="touch self-start text-sm text-muted underline">
        Back to the sign-in
      </Link>
    </AuthCard>
  );
}

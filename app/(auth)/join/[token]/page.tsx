import type { Metadata } from 'next';
import { AuthCard } from '#components/auth/auth-card.tsx';
import { JoinForm } from '#components/auth/join-form.tsx';
import { ButtonLink } from '#components/ui/button.tsx';
import { paths, withQuery } from '#lib/model/paths.ts';
import { viewInvitation } from '#lib/web/auth/invitation.ts';
import { acceptInvitation } from '../actions.ts';

export const metadata: Metadata = { title: 'Invitation', referrer: 'no-referrer' };

/** Opening this page accepts nothing: mail scanners and link previews open links, too. */
export default async function JoinPage({ params }: { params: Promise<{ token: string }> }) {
  const { token } = await params;
  const view = await viewInvitation(token);
  if (view === null)
    return (
      <AuthCard title="This invitation is not valid any more">
        <p className="text-sm text-muted">
          Invitations work once and for seven days, and end when a newer one is sent. Ask whoever invited you
          for a new one.
        </p>
        <ButtonLink href={paths.signIn()}>Sign in</ButtonLink>
      </AuthCard>
    );
  const signIn = withQuery(paths.signIn(), { callbackUrl: paths.join(token), again: 1 });
  return (
    <AuthCard title={`Join ${view.teamName}`}>
      <p className="text-sm text-muted">
        {view.invitedBy} invites <strong className="text-ink wrap-anywhere">{view.email}</strong> to join as{' '}
        {view.roleName}.
      </p>
      {(view.step === 'register' || view.step === 'join') && (
        <JoinForm action={acceptInvitation} token={token} isNew={view.step === 'register'} />
      )}
      {view.step === 'sign-in' && (
        <>
          <p className="text-sm">You have an account already. Sign in with it to join.</p>
          <ButtonLink href={signIn} variant="primary">
            Sign in
          </ButtonLink>
        </>
      )}
      {view.step === 'other' && (
        <>
          <p className="text-sm">You are signed in as somebody else. Sign in as {view.email} to join.</p>
          <ButtonLink href={signIn}>Sign in as somebody else</ButtonLink>
        </>
      )}
    </AuthCard>
  );
}

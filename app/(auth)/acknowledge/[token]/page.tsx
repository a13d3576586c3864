import type { Metadata } from 'next';
import { AcknowledgeForm } from '#components/auth/acknowledge-form.tsx';
import { AuthCard } from '#components/auth/auth-card.tsx';
import { ButtonLink } from '#components/ui/button.tsx';
import { paths } from '#lib/model/paths.ts';
import { viewAckLink } from '#lib/web/auth/ack-link.ts';
import { acknowledge } from '../actions.ts';

export const metadata: Metadata = { title: 'Acknowledge' };

/** Opening this page acknowledges nothing: mail scanners and link previews open links, too. */
export default async function AcknowledgePage({ params }: { params: Promise<{ token: string }> }) {
  const { token } = await params;
  const look = await viewAckLink(token);
  if (look.is === 'busy')
    return (
      <AuthCard title="Not so fast">
        <p className="text-sm text-muted">{look.words} Nothing was acknowledged. The link stays good.</p>
        <ButtonLink href={paths.alerts()} variant="primary">
          Open the inbox
        </ButtonLink>
      </AuthCard>
    );
  if (look.is === 'gone')
    return (
      <AuthCard title="This link is not valid any more">
        <p className="text-sm text-muted">
          Acknowledge links work once and for a limited time. Nothing was acknowledged. Sign in to see what is
          open.
        </p>
        <ButtonLink href={paths.alerts()} variant="primary">
          Open the inbox
        </ButtonLink>
      </AuthCard>
    );
  return <AcknowledgeForm action={acknowledge} token={token} view={look.view} />;
}

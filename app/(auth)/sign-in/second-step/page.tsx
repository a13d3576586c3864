import type { Metadata } from 'next';
import Link from 'next/link';
import { redirect } from 'next/navigation';
import { AuthCard } from '#components/auth/auth-card.tsx';
import { CodeForm } from '#components/auth/code-form.tsx';
import { PasskeyButton } from '#components/auth/passkey-button.tsx';
import { paths, withQuery } from '#lib/model/paths.ts';
import { secondStepView } from '#lib/web/auth/second-step.ts';
import { askForPasskey, signInWithPasskey } from '../actions.ts';
import { prove } from './actions.ts';

export const metadata: Metadata = { title: 'Second step' };

type Search = Promise<Record<string, string | string[] | undefined>>;

export default async function SecondStepPage({ searchParams }: { searchParams: Search }) {
  const view = await secondStepView((await searchParams).callbackUrl);
  if (!view) redirect(withQuery(paths.signIn(), { error: 'step-over' }));
  return (
    <AuthCard title="Show that it is you">
      <p className="text-sm text-muted">
        The password of <span className="text-ink">{view.email}</span> was right. Type the code that your
        authenticator app shows.
      </p>
      <CodeForm action={prove} callbackUrl={view.callbackUrl} />
      <PasskeyButton
        ask={askForPasskey}
        answer={signInWithPasskey}
        callbackUrl={view.callbackUrl}
        isSecondStep
      />
      <Link href={paths.signIn()} className="touch self-start text-sm text-muted underline">
        Sign in as somebody else
      </Link>
    </AuthCard>
  );
}

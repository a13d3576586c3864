import type { Metadata } from 'next';
import { AuthCard } from '#components/auth/auth-card.tsx';
import { SetupForm } from '#components/auth/setup-form.tsx';
import { ButtonLink } from '#components/ui/button.tsx';
import { paths } from '#lib/model/paths.ts';
import { usableSetupToken } from '#lib/web/auth/sign-in-view.ts';
import { completeSetup } from './actions.ts';

export const metadata: Metadata = { title: 'First admin' };

type Search = Promise<Record<string, string | string[] | undefined>>;

export default async function SetupPage({ searchParams }: { searchParams: Search }) {
  const token = await usableSetupToken(await searchParams);
  return (
    <AuthCard title="Create the first admin">
      {token === null ? (
        <>
          <p className="text-sm text-muted">
            This link is not valid any more. Setup links work once and for 24 hours; the server prints a new
            one at its next start while there is no admin.
          </p>
          <ButtonLink href={paths.signIn()}>Sign in</ButtonLink>
        </>
      ) : (
        <SetupForm action={completeSetup} token={token} />
      )}
    </AuthCard>
  );
}

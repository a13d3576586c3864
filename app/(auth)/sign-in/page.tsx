import type { Metadata } from 'next';
import Link from 'next/link';
import { redirect } from 'next/navigation';
import { AuthCard } from '#components/auth/auth-card.tsx';
import { PasskeyButton } from '#components/auth/passkey-button.tsx';
import { SignInForm } from '#components/auth/sign-in-form.tsx';
import { ButtonLink } from '#components/ui/button.tsx';
import { paths } from '#lib/model/paths.ts';
import { signInView } from '#lib/web/auth/sign-in-view.ts';
import { askForPasskey, signIn, signInWithPasskey } from './actions.ts';

export const metadata: Metadata = { title: 'Sign in' };

type Search = Promise<Record<string, string | string[] | undefined>>;

export default async function SignInPage({ searchParams }: { searchParams: Search }) {
  const view = await signInView(await searchParams);
  if (view.signedIn) redirect(view.callbackUrl);
  return (
    <AuthCard title="Sign in">
      {view.notice !== null && (
        <p role="alert" className="text-sm text-critical-text">
          {view.notice}
        </p>
      )}
      {view.news !== null && (
        <p role="status" className="text-sm text-ok-text">
          {view.news}
        </p>
      )}
      {view.ended !== null && (
        <p role="status" className="text-sm">
          {view.ended}
        </p>
      )}
      {view.awaitsSetup && (
        <p role="status" className="text-sm">
          There is no admin yet. The start of the server printed a setup link: open it to create the first
          one.
        </p>
      )}
      {view.providers.map((provider) => (
        <ButtonLink key={provider.id} href={paths.leaveForProvider(provider.id, view.callbackUrl)} leaves>
          Continue with {provider.name}
        </ButtonLink>
      ))}
      <PasskeyButton
        ask={askForPasskey}
        answer={signInWithPasskey}
        callbackUrl={view.callbackUrl}
        isSecondStep={false}
      />
      <SignInForm action={signIn} callbackUrl={view.callbackUrl} />
      <Link href={paths.forgotPassword()} className="touch self-start text-sm text-muted underline">
        Forgot your password?
      </Link>
    </AuthCard>
  );
}

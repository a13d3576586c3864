import type { Metadata } from 'next';
import { Passkeys } from '#components/account/passkeys.tsx';
import { PasswordForm } from '#components/account/password-form.tsx';
import { SecondFactor } from '#components/account/second-factor.tsx';
import { PageHeader } from '#components/ui/page.tsx';
import { getOwnSignIn } from '#lib/members/own-sign-in.ts';
import { paths, withQuery } from '#lib/model/paths.ts';
import { read } from '#lib/web/session.ts';
import {
  beginPasskey,
  beginProof,
  beginSecondFactor,
  changePassword,
  confirmSecondFactor,
  deletePasskey,
  disableSecondFactor,
  registerPasskey,
  renamePasskey,
  renewRecoveryCodes,
} from './actions.ts';

export const metadata: Metadata = { title: 'Password and sign-in' };

export default async function SecurityPage() {
  const view = await read(getOwnSignIn, {});
  const proveAgain = withQuery(paths.signIn(), { again: 1, callbackUrl: paths.security() });
  return (
    <div className="flex max-w-2xl flex-col gap-4">
      <PageHeader title="Password and sign-in">How you prove that it is you.</PageHeader>
      <PasswordForm view={view} change={changePassword} proveAgain={proveAgain} />
      <SecondFactor
        view={view}
        actions={{
          begin: beginSecondFactor,
          confirm: confirmSecondFactor,
          disable: disableSecondFactor,
          renew: renewRecoveryCodes,
          beginProof,
        }}
        proveAgain={proveAgain}
      />
      <Passkeys
        passkeys={view.passkeys}
        actions={{
          begin: beginPasskey,
          register: registerPasskey,
          rename: renamePasskey,
          remove: deletePasskey,
        }}
        proveAgain={proveAgain}
        renderedAtMs={Date.now()}
      />
    </div>
  );
}

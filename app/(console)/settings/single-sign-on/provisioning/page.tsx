import type { Metadata } from 'next';
import { CreateScimToken } from '#components/single-sign-on/create-scim-token.tsx';
import { ScimTokens } from '#components/single-sign-on/scim-tokens.tsx';
import { PageHeader } from '#components/ui/page.tsx';
import { StateMessage } from '#components/ui/states.tsx';
import { listScimTokens } from '#lib/members/provisioning/manage-tokens.ts';
import { paths } from '#lib/model/paths.ts';
import { proveAgainFor, provisionedFrom } from '#lib/web/auth/sign-on-view.ts';
import { read, requireActor } from '#lib/web/session.ts';
import { createScimToken, revokeScimToken } from './actions.ts';

export const metadata: Metadata = { title: 'Provisioning' };

export default async function ProvisioningPage() {
  const { permissions } = await requireActor(paths.provisioning());
  if (!permissions.has('provisioning:manage'))
    return (
      <StateMessage kind="no-permission" title="Provisioning is for admins of the installation">
        It decides who has an account here. Ask somebody with a role that holds in every team.
      </StateMessage>
    );
  const tokens = await read(listScimTokens, {});
  const { sources, address } = await provisionedFrom();
  const proveAgain = proveAgainFor(paths.provisioning());
  return (
    <div className="flex flex-col gap-4">
      <PageHeader title="Provisioning">
        Your identity provider makes accounts before people first sign in, keeps their groups, and switches
        them off when they leave (SCIM 2.0).
      </PageHeader>
      <CreateScimToken create={createScimToken} sources={sources} address={address} proveAgain={proveAgain} />
      <ScimTokens
        tokens={tokens}
        revoke={revokeScimToken}
        proveAgain={proveAgain}
        renderedAtMs={Date.now()}
      />
    </div>
  );
}

import type { Metadata } from 'next';
import { CreateProvider } from '#components/single-sign-on/create-provider.tsx';
import { SignOnNotAllowed } from '#components/single-sign-on/sign-on-states.tsx';
import { PageHeader } from '#components/ui/page.tsx';
import { paths } from '#lib/model/paths.ts';
import { proveAgainFor, signOnView } from '#lib/web/auth/sign-on-view.ts';
import { requireActor } from '#lib/web/session.ts';
import { createProvider } from '../actions.ts';

export const metadata: Metadata = { title: 'New provider' };

export default async function NewProviderPage() {
  const { permissions } = await requireActor(paths.newIdentityProvider());
  if (!permissions.has('identity-providers:manage')) return <SignOnNotAllowed />;
  const { roles, callbackBase } = await signOnView();
  return (
    <div className="flex flex-col gap-4">
      <PageHeader title="New provider">
        It lets nobody in before a test sign-in worked and somebody enabled it.
      </PageHeader>
      <CreateProvider
        create={createProvider}
        roles={roles}
        callbackBase={callbackBase}
        proveAgain={proveAgainFor(paths.newIdentityProvider())}
      />
    </div>
  );
}

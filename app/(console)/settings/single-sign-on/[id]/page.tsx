import type { Metadata } from 'next';
import { EditProvider } from '#components/single-sign-on/edit-provider.tsx';
import { ProviderActs } from '#components/single-sign-on/provider-acts.tsx';
import { ProviderAddresses } from '#components/single-sign-on/provider-addresses.tsx';
import { ProviderState } from '#components/single-sign-on/provider-list.tsx';
import { ProviderTest } from '#components/single-sign-on/provider-test.tsx';
import { SignOnNotAllowed } from '#components/single-sign-on/sign-on-states.tsx';
import { PageHeader } from '#components/ui/page.tsx';
import { paths } from '#lib/model/paths.ts';
import { proveAgainFor } from '#lib/web/auth/sign-on-view.ts';
import { requireActor } from '#lib/web/session.ts';
import { records } from '../../../records.ts';
import { deleteProvider, setProviderEnabled, testProvider, updateProvider } from '../actions.ts';

export const metadata: Metadata = { title: 'Identity provider' };

export default async function ProviderPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const { permissions } = await requireActor(paths.identityProvider(id));
  if (!permissions.has('identity-providers:manage')) return <SignOnNotAllowed />;
  const { provider, roles } = await records.identityProvider(id);
  const proveAgain = proveAgainFor(paths.identityProvider(id));
  return (
    <div className="flex flex-col gap-4">
      <PageHeader
        title={provider.name}
        actions={
          <ProviderActs
            provider={provider}
            setEnabled={setProviderEnabled}
            remove={deleteProvider}
            proveAgain={proveAgain}
          />
        }
      >
        <ProviderState provider={provider} />
      </PageHeader>
      <ProviderTest
        provider={provider}
        test={testProvider}
        proveAgain={proveAgain}
        renderedAtMs={Date.now()}
      />
      <ProviderAddresses provider={provider} />
      <EditProvider provider={provider} update={updateProvider} roles={roles} proveAgain={proveAgain} />
    </div>
  );
}

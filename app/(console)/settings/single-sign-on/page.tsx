import type { Metadata } from 'next';
import { MappingEditor } from '#components/single-sign-on/mapping-editor.tsx';
import { ProviderList } from '#components/single-sign-on/provider-list.tsx';
import { SignOnNotAllowed, TestNotKept } from '#components/single-sign-on/sign-on-states.tsx';
import { ButtonLink } from '#components/ui/button.tsx';
import { PageHeader } from '#components/ui/page.tsx';
import { paths } from '#lib/model/paths.ts';
import { proveAgainFor, signOnView } from '#lib/web/auth/sign-on-view.ts';
import { requireActor } from '#lib/web/session.ts';
import { saveGroupMappings } from './actions.ts';

export const metadata: Metadata = { title: 'Single sign-on' };

type Search = Promise<Record<string, string | string[] | undefined>>;

export default async function SingleSignOnPage({ searchParams }: { searchParams: Search }) {
  const { permissions } = await requireActor(paths.singleSignOn());
  if (!permissions.has('identity-providers:manage')) return <SignOnNotAllowed />;
  const { providers, environment, mappings, roles, teams } = await signOnView();
  const { failed } = await searchParams;
  const named = [...(environment ? [environment] : []), ...providers];
  const sources = named.filter(({ issuer }, at) => named.findIndex((one) => one.issuer === issuer) === at);
  return (
    <div className="flex flex-col gap-4">
      <PageHeader
        title="Single sign-on"
        actions={
          <>
            {permissions.has('provisioning:manage') && (
              <ButtonLink href={paths.provisioning()}>Provisioning</ButtonLink>
            )}
            <ButtonLink href={paths.newIdentityProvider()} variant="primary">
              Add a provider
            </ButtonLink>
          </>
        }
      >
        People come in through your identity provider, and their groups there decide what they may do here.
      </PageHeader>
      {failed !== undefined && <TestNotKept />}
      <ProviderList providers={providers} environment={environment} />
      <MappingEditor
        mappings={mappings}
        roles={roles}
        teams={teams}
        sources={sources}
        save={saveGroupMappings}
        proveAgain={proveAgainFor(paths.singleSignOn())}
      />
    </div>
  );
}

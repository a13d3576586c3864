import type { Metadata } from 'next';
import { IdentityList } from '#components/single-sign-on/identity-list.tsx';
import { PageHeader } from '#components/ui/page.tsx';
import { listOwnIdentities } from '#lib/members/identities/manage-identities.ts';
import { paths } from '#lib/model/paths.ts';
import { linkableSources, proveAgainFor } from '#lib/web/auth/sign-on-view.ts';
import { read, requireActor } from '#lib/web/session.ts';
import { linkIdentity, unlinkIdentity } from './actions.ts';

export const metadata: Metadata = { title: 'Connected identities' };

type Search = Promise<Record<string, string | string[] | undefined>>;

export default async function IdentitiesPage({ searchParams }: { searchParams: Search }) {
  await requireActor(paths.identities());
  const identities = await read(listOwnIdentities, {});
  const sources = await linkableSources();
  const nameOf = (issuer: string) => sources.find((source) => source.issuer === issuer)?.name ?? null;
  const { linked, failed } = await searchParams;
  return (
    <div className="flex flex-col gap-4">
      <PageHeader title="Connected identities">
        Accounts at identity providers that open your account here. They are told apart by what the provider
        calls them, never by an e-mail address.
      </PageHeader>
      <IdentityList
        identities={identities.map((one) => ({ ...one, providerName: nameOf(one.issuer) }))}
        sources={sources}
        outcome={linked !== undefined ? 'linked' : typeof failed === 'string' ? failed : null}
        link={linkIdentity}
        unlink={unlinkIdentity}
        proveAgain={proveAgainFor(paths.identities())}
      />
    </div>
  );
}

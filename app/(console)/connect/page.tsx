import type { Metadata } from 'next';
import { Connect } from '#components/connect/connect.tsx';
import { PageHeader } from '#components/ui/page.tsx';
import { publicAddresses } from '#lib/web/addresses.ts';
import { requireActor } from '#lib/web/session.ts';

export const metadata: Metadata = { title: 'Connect an agent' };

export default async function ConnectPage() {
  const [{ permissions }, addresses] = await Promise.all([requireActor(), publicAddresses()]);
  const mayCreate = permissions.has('api-keys:create');
  return (
    <div className="flex flex-col gap-4">
      <PageHeader title="Connect an agent">
        Agents appear by themselves with their first span or metric.
      </PageHeader>
      <Connect
        addresses={addresses}
        noKeyReason={mayCreate ? null : 'Ask a developer or an admin of your team for an API key.'}
      />
    </div>
  );
}

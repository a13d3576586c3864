import type { Metadata } from 'next';
import { CreateIntegration } from '#components/alert-routing/create-integration.tsx';
import { IntegrationList } from '#components/alert-routing/integration-list.tsx';
import { PageHeader } from '#components/ui/page.tsx';
import { listIntegrations } from '#lib/alerts/integrations/queries.ts';
import { paths, withQuery } from '#lib/model/paths.ts';
import { read, requireActor } from '#lib/web/session.ts';
import { createIntegration, revokeIntegration, rotateIntegration } from './actions.ts';

export const metadata: Metadata = { title: 'Alert integrations' };

export default async function AlertIntegrationsPage() {
  const { permissions } = await requireActor(paths.alertIntegrations());
  const { items } = await read(listIntegrations, {});
  const mayManage = permissions.has('alert-integrations:manage');
  const proveAgain = withQuery(paths.signIn(), { again: 1, callbackUrl: paths.alertIntegrations() });
  return (
    <div className="flex flex-col gap-4">
      <PageHeader title="Alert integrations">
        Each sender has an address and a secret of its own, and is heard as Alertmanager would hear it.
      </PageHeader>
      {mayManage && <CreateIntegration create={createIntegration} proveAgain={proveAgain} />}
      <IntegrationList
        integrations={items}
        actions={mayManage ? { rotate: rotateIntegration, revoke: revokeIntegration } : null}
        proveAgain={proveAgain}
        renderedAtMs={Date.now()}
      />
    </div>
  );
}

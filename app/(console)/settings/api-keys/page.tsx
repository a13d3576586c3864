import type { Metadata } from 'next';
import { CreateKeyForm } from '#components/api-keys/create-key-form.tsx';
import { KeyTable } from '#components/api-keys/key-table.tsx';
import { PageHeader } from '#components/ui/page.tsx';
import { StateMessage } from '#components/ui/states.tsx';
import { listApiKeys } from '#lib/api-keys/queries.ts';
import { paths, withQuery } from '#lib/model/paths.ts';
import { read, requireActor } from '#lib/web/session.ts';
import { createApiKey, revokeApiKey, rotateApiKey } from './actions.ts';

export const metadata: Metadata = { title: 'API keys' };

export default async function ApiKeysPage() {
  const { permissions } = await requireActor(paths.apiKeys());
  if (!permissions.has('api-keys:read')) {
    return (
      <StateMessage kind="no-permission" title="API keys are for developers and admins">
        Ask an admin of your team for a key or for the developer role.
      </StateMessage>
    );
  }
  const { items } = await read(listApiKeys, {});
  const orphans = items.filter(({ makerIsGone, state }) => makerIsGone && state === 'active').length;
  const proveAgain = withQuery(paths.signIn(), { again: 1, callbackUrl: paths.apiKeys() });
  return (
    <div className="flex flex-col gap-4">
      <PageHeader title="API keys">
        Agents send telemetry with an ingest key; automation reads and changes with read and write keys.
        {orphans > 0 &&
          ` ${orphans} ${orphans === 1 ? 'key that works was' : 'keys that work were'} made by people who have left the team: keys belong to the team and go on until somebody revokes them.`}
      </PageHeader>
      <CreateKeyForm create={createApiKey} proveAgain={proveAgain} />
      <KeyTable
        keys={items}
        rotate={rotateApiKey}
        revoke={revokeApiKey}
        proveAgain={proveAgain}
        renderedAtMs={Date.now()}
      />
    </div>
  );
}

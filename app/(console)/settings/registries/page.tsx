import type { Metadata } from 'next';
import { ConnectRegistry } from '#components/registries/connect-registry.tsx';
import { RegistryList } from '#components/registries/registry-list.tsx';
import { PageHeader } from '#components/ui/page.tsx';
import { StateMessage } from '#components/ui/states.tsx';
import { paths, withQuery } from '#lib/model/paths.ts';
import { listRegistries } from '#lib/registries/manage.ts';
import { read, requireActor } from '#lib/web/session.ts';
import { connectRegistry, removeRegistry, updateRegistry } from './actions.ts';

export const metadata: Metadata = { title: 'Image registries' };

export default async function RegistriesPage() {
  const { permissions } = await requireActor(paths.registries());
  if (!permissions.has('registries:manage'))
    return (
      <StateMessage kind="no-permission" title="Your role may not keep the logins of image registries">
        Admins of your team may.
      </StateMessage>
    );
  const { items } = await read(listRegistries, {});
  const proveAgain = withQuery(paths.signIn(), { again: 1, callbackUrl: paths.registries() });
  return (
    <div className="flex flex-col gap-4">
      <PageHeader title="Image registries">
        Before a version is deployed, its tag is looked up and what it stands for then is what runs.
        Registries that show their images to everybody need nothing here.
      </PageHeader>
      <ConnectRegistry connect={connectRegistry} proveAgain={proveAgain} />
      <RegistryList
        registries={items}
        update={updateRegistry}
        remove={removeRegistry}
        proveAgain={proveAgain}
        renderedAtMs={Date.now()}
      />
    </div>
  );
}

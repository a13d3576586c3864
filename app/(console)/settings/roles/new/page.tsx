import type { Metadata } from 'next';
import { PageHeader } from '#components/ui/page.tsx';
import { StateMessage } from '#components/ui/states.tsx';
import { listRoles } from '#lib/members/roles/queries.ts';
import { paths } from '#lib/model/paths.ts';
import { read, requireActor } from '#lib/web/session.ts';
import { Editor } from '../editor.tsx';

export const metadata: Metadata = { title: 'New role' };

export default async function NewRolePage(props: { searchParams: Promise<Record<string, unknown>> }) {
  const scope = (await props.searchParams).scope === 'installation' ? 'installation' : 'team';
  const backTo = paths.newRole({ scope: scope === 'team' ? null : scope });
  const { permissions } = await requireActor(backTo);
  if (!permissions.has(scope === 'team' ? 'roles:manage' : 'global-roles:manage')) {
    return (
      <StateMessage kind="no-permission" title="Your role may not make roles">
        Ask an admin.
      </StateMessage>
    );
  }
  const { permissions: rows } = await read(listRoles, {});
  return (
    <div className="flex flex-col gap-4">
      <PageHeader title={scope === 'team' ? 'New role' : 'New role of the installation'}>
        {scope === 'team'
          ? 'It can be granted in this team.'
          : 'It can be granted in every team and globally.'}{' '}
        You can put into it what you hold yourself.
      </PageHeader>
      <Editor scope={scope} existing={null} rows={rows} backTo={backTo} />
    </div>
  );
}

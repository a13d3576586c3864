import type { Metadata } from 'next';
import { PageHeader } from '#components/ui/page.tsx';
import { StateMessage } from '#components/ui/states.tsx';
import { formatPlural } from '#lib/model/format.ts';
import { paths } from '#lib/model/paths.ts';
import { requireActor } from '#lib/web/session.ts';
import { records } from '../../../records.ts';
import { Editor } from '../editor.tsx';

export const metadata: Metadata = { title: 'Role' };

export default async function RolePage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const { permissions: held } = await requireActor(paths.role(id));
  const noPermission = (
    <StateMessage kind="no-permission" title="Your role may not change this role">
      Built-in roles stay as they are; others are changed by admins.
    </StateMessage>
  );
  if (!held.has('roles:read')) return noPermission;
  const { role, permissions } = await records.role(id);
  if (!role.editable || role.scope === 'built-in') return noPermission;
  return (
    <div className="flex flex-col gap-4">
      <PageHeader title={role.name}>
        {role.holders === 0
          ? 'Nobody of this team holds it yet.'
          : `${formatPlural(role.holders, 'person', 'people')} of this team ${role.holders === 1 ? 'holds' : 'hold'} it.`}{' '}
        A change holds within seconds.
      </PageHeader>
      <Editor scope={role.scope} existing={role} rows={permissions} backTo={paths.role(id)} />
    </div>
  );
}

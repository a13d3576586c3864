import { Plus } from 'lucide-react';
import type { Metadata } from 'next';
import { RoleMatrix } from '#components/access/role-matrix.tsx';
import { ButtonLink } from '#components/ui/button.tsx';
import { PageHeader } from '#components/ui/page.tsx';
import { StateMessage } from '#components/ui/states.tsx';
import { listRoles } from '#lib/members/roles/queries.ts';
import { formatPlural } from '#lib/model/format.ts';
import { paths } from '#lib/model/paths.ts';
import { read, requireActor } from '#lib/web/session.ts';

export const metadata: Metadata = { title: 'Roles' };

export default async function RolesPage() {
  const { permissions } = await requireActor(paths.roles());
  if (!permissions.has('roles:read')) {
    return (
      <StateMessage kind="no-permission" title="Your role may not see what roles allow">
        Ask an admin of your team.
      </StateMessage>
    );
  }
  const matrix = await read(listRoles, {});
  const custom = matrix.roles.filter(({ scope }) => scope !== 'built-in').length;
  return (
    <div className="flex flex-col gap-4">
      <PageHeader
        title="Roles"
        actions={
          <>
            {permissions.has('roles:manage') && (
              <ButtonLink href={paths.newRole()} variant="primary" icon={Plus}>
                New role
              </ButtonLink>
            )}
            {permissions.has('global-roles:manage') && (
              <ButtonLink href={paths.newRole({ scope: 'installation' })} icon={Plus}>
                New role of the installation
              </ButtonLink>
            )}
          </>
        }
      >
        {custom === 0
          ? 'The three built-in roles'
          : `Three built-in roles and ${formatPlural(custom, 'role')} of your own`}
        . Whoever holds several may do what they add up to.
      </PageHeader>
      <RoleMatrix {...matrix} />
    </div>
  );
}

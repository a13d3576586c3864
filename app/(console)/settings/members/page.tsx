import type { Metadata } from 'next';
import { Invitations } from '#components/access/invitations.tsx';
import { MemberList } from '#components/access/member-list.tsx';
import { PageHeader } from '#components/ui/page.tsx';
import { StateMessage } from '#components/ui/states.tsx';
import { listInvitations } from '#lib/members/invitations/queries.ts';
import { listMembers } from '#lib/members/people/list-members.ts';
import { listRoles } from '#lib/members/roles/queries.ts';
import { formatPlural } from '#lib/model/format.ts';
import { paths, withQuery } from '#lib/model/paths.ts';
import { read, requireActor } from '#lib/web/session.ts';
import {
  changeMemberRole,
  inviteMember,
  removeMember,
  resendInvitation,
  revokeInvitation,
} from './actions.ts';

export const metadata: Metadata = { title: 'Members' };

export default async function MembersPage() {
  const { permissions } = await requireActor(paths.members());
  if (!permissions.has('members:read')) {
    return (
      <StateMessage kind="no-permission" title="Your role may not see who is in the team">
        Ask an admin of your team.
      </StateMessage>
    );
  }
  const manages = permissions.has('members:manage');
  const [members, invitations, matrix] = await Promise.all([
    read(listMembers, {}),
    read(listInvitations, {}),
    permissions.has('roles:read') ? read(listRoles, {}) : null,
  ]);
  const count = members.items.filter(({ isMember }) => isMember).length;
  const open = invitations.items.length;
  const roles = (matrix?.roles ?? []).map(({ id, name, permissions: held }) => ({
    ...{ id, name },
    signsIn: held.includes('sessions:start'),
  }));
  const proveAgain = withQuery(paths.signIn(), { again: 1, callbackUrl: paths.members() });
  const renderedAtMs = Date.now();
  return (
    <div className="flex flex-col gap-4">
      <PageHeader title="Members">
        {formatPlural(count, 'member')}
        {open > 0 && `, ${formatPlural(open, 'open invitation')}`}. What somebody may do here is what their
        roles add up to.
      </PageHeader>
      {manages && matrix && (
        <Invitations
          invitations={invitations.items}
          sendsMail={invitations.sendsMail}
          roles={roles}
          invite={inviteMember}
          resend={resendInvitation}
          revoke={revokeInvitation}
          proveAgain={proveAgain}
          renderedAtMs={renderedAtMs}
        />
      )}
      <MemberList
        members={members.items}
        roles={roles}
        acts={manages && matrix ? { changeRole: changeMemberRole, remove: removeMember } : null}
        seesSessions={permissions.has('sessions:read-any')}
        proveAgain={proveAgain}
        renderedAtMs={renderedAtMs}
      />
    </div>
  );
}
